/** A whole Bulkhead in a home of its own, for the tests of the runtime, the browser and the benches. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { portNames } from '../../packages/runtime/src/config/ports.ts';
import { type FlowEntry, bulkheadHttp } from './bulkhead-http.ts';
import { type ChildOutput, collectOutput } from './child-output.ts';
import { freePort } from './free-port.ts';

const root = path.resolve(import.meta.dirname, '../..');
const program = path.join(root, 'packages', 'runtime', 'dist', 'cli.js');

export interface BulkheadOptions {
  /** Written as the editor's flow file before the start; without it the home is empty and gets the demo. */
  readonly flows?: readonly FlowEntry[];
  /** Text of `bulkhead.yaml`. */
  readonly settings?: string;
  /** Added to the environment of the program. */
  readonly env?: Readonly<Record<string, string>>;
  /** An existing home, to start again on; it is then not removed by `stop`. */
  readonly home?: string;
  /** Deadline for the ready line, ms. */
  readonly readyWithinMs?: number;
}

export interface Bulkhead extends ReturnType<typeof bulkheadHttp> {
  readonly url: string;
  readonly home: string;
  /** The keeper. */
  readonly pid: number;
  readonly output: ChildOutput;
  /** SIGTERM, then SIGKILL at the deadline, and removal of the home. Resolves to the exit code; may be called twice. */
  stop(deadlineMs?: number): Promise<number | null>;
  /** Sends a signal to the process with this name or role (GET /bulkhead/processes) and resolves to its pid. */
  kill(nameOrRole: string, signal?: NodeJS.Signals): Promise<number>;
}

/** The environment without what the caller's own Bulkhead may have set. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('BULKHEAD_')));
}

/**
 * Ports that other houses do not choose at the same time: each looks for free ones from the same numbers on, and the
 * database takes its own only seconds later, when it has been made.
 */
async function ownPorts(): Promise<Record<string, number>> {
  const ports: Record<string, number> = {};
  for (const name of portNames) ports[name] = await freePort();
  return ports;
}

async function prepareHome({ home, flows, settings }: BulkheadOptions): Promise<string> {
  const folder = home ?? (await mkdtemp(path.join(tmpdir(), 'bulkhead-home-')));
  if (home === undefined) await writeFile(path.join(folder, 'ports.json'), JSON.stringify(await ownPorts()));
  if (flows) {
    await mkdir(path.join(folder, 'editor'), { recursive: true });
    await writeFile(path.join(folder, 'editor', 'flows.json'), JSON.stringify(flows, undefined, 2));
  }
  if (settings !== undefined) await writeFile(path.join(folder, 'bulkhead.yaml'), settings);
  return folder;
}

async function endOf(child: ChildProcess, deadlineMs: number): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const deadline = setTimeout(() => {
    // The whole group: the keeper's children must not outlive a test either.
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, deadlineMs);
  await once(child, 'exit');
  clearTimeout(deadline);
  return child.exitCode;
}

/** Starts Bulkhead and resolves once it has printed its ready line; rejects with its last lines otherwise. */
export async function startBulkhead(options: BulkheadOptions = {}): Promise<Bulkhead> {
  const home = await prepareHome(options);
  const port = await freePort();
  const child = spawn(process.execPath, [program, 'start'], {
    cwd: home,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...cleanEnvironment(), BULKHEAD_HOME: home, BULKHEAD_PORT: String(port), ...options.env },
  });
  const output = collectOutput(child);
  const { pid } = child;
  if (pid === undefined) throw new Error(`could not start ${program}`);

  const stop = async (deadlineMs = 30_000): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    const code = await endOf(child, deadlineMs);
    if (options.home === undefined) await rm(home, { recursive: true, force: true });
    return code;
  };

  let url: string | undefined;
  try {
    const deadlineMs = options.readyWithinMs ?? 60_000;
    const ready = await output.line(/bulkhead ready on (http\S+)/, { deadlineMs, what: 'bulkhead start' });
    url = ready[1];
    if (url === undefined) throw new Error(`a ready line without an address: ${ready[0]}`);
  } catch (error) {
    await stop();
    throw error;
  }

  const http = bulkheadHttp(url);
  return {
    ...http,
    url,
    home,
    pid,
    output,
    stop,
    async kill(nameOrRole, signal = 'SIGKILL') {
      const all = await http.processes();
      const found = all.find(({ name, role }) => name === nameOrRole || role === nameOrRole);
      if (typeof found?.pid !== 'number') {
        throw new Error(`no running process "${nameOrRole}" among ${all.map(({ name }) => name).join(', ')}`);
      }
      process.kill(found.pid, signal);
      return found.pid;
    },
  };
}
