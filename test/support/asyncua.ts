import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { collectOutput } from './child-output.ts';
import { freePort } from './free-port.ts';

const run = promisify(execFile);
const version = '2.1.0';
const folder = path.resolve(import.meta.dirname, `../../.cache/asyncua-${version}`);

export interface AsyncuaOptions {
  port?: number;
  /** PEM files; without them it serves without security only. */
  certificate?: string;
  key?: string;
  /** Only these are let in. */
  user?: [name: string, password: string];
  /** DER in base64. */
  userCertificate?: string;
  /** In the order of their indices, from 2 on. */
  namespaces?: string[];
  /**
   * In which of them a tank stands, with a method, values, a history (from `historyStart` on, as in `opcua-services.ts`)
   * and a type of events.
   */
  services?: string;
  historyStart?: number;
  /** Below Objects, in a folder, with the node id `s=FOLDER.NAME`. */
  variables?: Array<[uri: string, folder: string, name: string, value: number]>;
}

export interface Asyncua {
  readonly port: number;
  readonly endpoint: string;
  /** What it says of its health: 255 is full, below 200 is degraded. */
  claimServiceLevel(level: number): void;
  /** Raises an event of the type that belongs to its services. */
  raise(): void;
  close(): Promise<void>;
}

async function install(): Promise<void> {
  if (existsSync(path.join(folder, 'asyncua'))) return;
  // Moved to its place when it is whole: an installation that was interrupted is not taken for one.
  const parts = `${folder}-${process.pid}`;
  await run('python3', ['-m', 'pip', 'install', '--quiet', '--target', parts, `asyncua==${version}`]);
  rmSync(folder, { recursive: true, force: true });
  renameSync(parts, folder);
}

interface Running {
  send(line: string): void;
  close(): Promise<void>;
}

async function startScript(name: string, args: readonly string[]): Promise<Running> {
  await install();
  const script = path.join(import.meta.dirname, '../fixtures', name);
  const child = spawn('python3', [script, folder, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  const output = collectOutput(child);
  await output.line(/^ready$/, { deadlineMs: 30_000, what: 'the server of asyncua' });
  return {
    send: (line) => void child.stdin.write(`${line}\n`),
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** An OPC UA server of asyncua, in Python; the package is kept between runs. */
export async function startAsyncua(options: AsyncuaOptions): Promise<Asyncua> {
  const port = options.port ?? (await freePort());
  const { send, close } = await startScript('asyncua-server.py', [JSON.stringify({ ...options, port })]);
  return {
    port,
    endpoint: `opc.tcp://127.0.0.1:${port}`,
    claimServiceLevel: (level) => send(String(level)),
    raise: () => send('event'),
    close,
  };
}

/** One with the types of `opcua-types.xml`, and variables of them in the namespace `urn:bulkhead:asyncua`. */
export async function startTypedAsyncua(): Promise<Pick<Asyncua, 'port' | 'close'>> {
  const port = await freePort();
  const types = path.join(import.meta.dirname, '../fixtures/opcua-types.xml');
  const { close } = await startScript('asyncua-types-server.py', [String(port), types]);
  return { port, close };
}
