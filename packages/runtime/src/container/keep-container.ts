/** One life of one container: made, started, followed, and taken away again whatever happens. */
import { chmod, chown, lchown, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Contained, ContainerBoot } from '../protocol/boot.ts';
import { selfSigned } from '../protocol/certificate.ts';
import { createOutputReader } from './container-output.ts';
import { type CreateRequest, createRequest, houseLabel, installationInContainer, runLabel } from './create-request.ts';
import { endOfContainer, type EndOfContainer } from './end-of-container.ts';
import { connectEngine, type Engine, EngineError } from './engine.ts';
import { type Gate, openGate } from './gate.ts';
import { oomKillsOf } from './oom-kills.ts';

export interface KeepPorts {
  readonly onBeat: (line: string) => void;
  /** While the engine makes the container, which can take seconds, it is not silent. */
  readonly onWaiting: () => void;
  readonly log: (line: string) => void;
}

export interface KeptContainer {
  readonly ended: Promise<EndOfContainer>;
  /** Ends it; after SIGTERM, kills it at the deadline. */
  end(signal: 'SIGTERM' | 'SIGKILL', deadlineMs?: number): void;
}

/** A compartment closes its nodes within 8 s of a SIGTERM. */
const stopLimitMs = 9_000;
const waitingEveryMs = 500;
/** Output that is still on its way through the engine when the container has ended. */
const lastOutputMs = 1_000;
/** An engine that is being restarted, while its containers live on, is waited for. */
const engineGoneMs = 15_000;
const engineRetryMs = 250;
/** Of the user in official Node.js images; anybody without rights would do. */
const unprivilegedId = 1000;

export function keepContainer(boot: ContainerBoot, ports: KeepPorts): KeptContainer {
  const engine = connectEngine(boot.engine.socket);
  let id: string | null = null;
  let wanted: 'SIGTERM' | 'SIGKILL' | null = null;

  const send = (signal: 'SIGTERM' | 'SIGKILL'): void => {
    if (id !== null) engine.kill(id, signal).catch((error: unknown) => ports.log(String(error)));
  };

  const live = async (): Promise<EndOfContainer> => {
    await removeLeftovers(engine, boot);
    const files = path.join(boot.runDirectory, `b-${boot.name}`);
    const gate = await prepareGate(boot, ports);
    try {
      const user = await prepareUser(boot);
      const bootFile = await writeBootFile(files, boot, gate, user);
      const palettes = await existing(boot.palettes);
      const request = createRequest(boot, { bootFile, user: `${user.uid}:${user.gid}`, palettes });
      id = await createFrom(engine, boot, request);
      const container = id;
      let oomKills: () => number | null = () => null;
      // Asked the moment its output ends: the engine takes the container's cgroup away soon after.
      const listen = async () => ({
        ended: readOutput(await engine.attach(container), onBeat).then(() => oomKills()),
      });
      let output = await listen();
      await engine.start(container);
      if (wanted !== null) send(wanted);
      oomKills = oomKillsOf((await engine.inspect(container))?.pid ?? 0);
      await untilEnded(engine, container, async () => {
        output = await listen();
      });
      const killed = await Promise.race([output.ended, pause(lastOutputMs, null)]);
      return endOfContainer(await engine.inspect(container), killed, boot.memoryMb);
    } finally {
      gate.gate.close();
      await rm(files, { recursive: true, force: true });
      if (id !== null) await engine.remove(id).catch((error: unknown) => ports.log(String(error)));
    }
  };

  const waiting = setInterval(ports.onWaiting, waitingEveryMs);
  const onBeat = (line: string): void => {
    // From now on it speaks for itself, or is silent.
    clearInterval(waiting);
    ports.onBeat(line);
  };

  return {
    ended: live().finally(() => clearInterval(waiting)),
    end(signal, deadlineMs = stopLimitMs) {
      wanted = signal;
      send(signal);
      if (signal === 'SIGTERM') setTimeout(() => send('SIGKILL'), deadlineMs);
    },
  };
}

async function createFrom(engine: Engine, { name, engine: { image } }: ContainerBoot, request: CreateRequest) {
  try {
    return await engine.create(name, request);
  } catch (error) {
    if (!(error instanceof EngineError && error.status === 404)) throw error;
    throw new Error(`the image "${image}" is not there: build it (docker/README.md) or set "container.image"`, {
      cause: error,
    });
  }
}

/** What an earlier life left: under the same name, or of a run of this house that is over. */
async function removeLeftovers(engine: Engine, { name, house, run }: ContainerBoot): Promise<void> {
  const [ofHouse, ofRun] = await Promise.all([
    engine.withLabels({ [houseLabel]: house }),
    engine.withLabels({ [runLabel]: run }),
  ]);
  await Promise.all([name, ...ofHouse.filter((id) => !ofRun.includes(id))].map((id) => engine.remove(id)));
}

interface OpenGate {
  readonly gate: Gate;
  readonly contained: Contained;
}

async function prepareGate(boot: ContainerBoot, { log }: KeepPorts): Promise<OpenGate> {
  const { runDirectory, supervisorSocket, httpSocket: http, linkSocket: links } = boot;
  const { address: host } = boot.engine;
  const [own, containers] = [selfSigned('bulkhead gate'), selfSigned('bulkhead compartment')];
  const gate = await openGate({
    host,
    tls: { ...own, peer: containers.certificate },
    runDirectory,
    supervisorSocket,
    sockets: { http, links },
    log,
  });
  const access = { host, port: gate.port, ...containers, peer: own.certificate };
  const moved = { from: boot.installation.replace(/\/$/, ''), to: installationInContainer };
  return { gate, contained: { gate: access, pid: process.pid, moved } };
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Who the compartment is: nobody special where root starts it, else the one who started the house. */
async function prepareUser({ directory }: ContainerBoot): Promise<User> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  if (uid !== 0) return { uid, gid };
  // What it wrote before, as a process, is root's; only its own folder is touched.
  const written = await readdir(directory, { recursive: true });
  for (const entry of ['.', ...written]) await lchown(path.join(directory, entry), unprivilegedId, unprivilegedId);
  return { uid: unprivilegedId, gid: unprivilegedId };
}

/** Token and keys go into the container in a file that only its user can read, in a folder of the house's own. */
async function writeBootFile(folder: string, boot: ContainerBoot, gate: OpenGate, user: User): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, 'boot.json');
  await rm(file, { force: true });
  await writeFile(file, `${JSON.stringify({ ...boot.compartment, contained: gate.contained })}\n`, { mode: 0o600 });
  await chmod(file, 0o400);
  await chown(file, user.uid, user.gid);
  return file;
}

async function existing(folders: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    folders.map((folder) =>
      stat(folder).then(
        (entry) => entry.isDirectory(),
        () => false,
      ),
    ),
  );
  return folders.filter((_folder, index) => found[index]);
}

/** Resolves at the end of the output. The container waits, its writes to a full pipe block, where the reader is slow. */
function readOutput(output: Readable, onBeat: (line: string) => void): Promise<void> {
  const pass = (target: Writable, chunk: Buffer): void => {
    if (target.write(chunk) || output.isPaused()) return;
    output.pause();
    target.once('drain', () => output.resume());
  };
  const reader = createOutputReader({
    onOutput: (stream, chunk) => pass(stream === 'stdout' ? process.stdout : process.stderr, chunk),
    onBeat,
  });
  output.on('data', (chunk: Buffer) => reader.push(chunk));
  return new Promise((resolve) => {
    output.on('error', () => resolve());
    output.on('close', () => resolve());
    output.on('end', () => resolve());
  });
}

/** `onBack`: the engine was away, and the container lives. */
async function untilEnded(engine: Engine, id: string, onBack: () => Promise<void>): Promise<void> {
  for (let failingSince: number | null = null; ; ) {
    try {
      if (failingSince !== null) await onBack();
      failingSince = null;
      await engine.wait(id);
      const state = await engine.inspect(id);
      if (state === null || !state.running) return;
    } catch (error) {
      failingSince ??= performance.now();
      if (performance.now() - failingSince > engineGoneMs) throw error;
    }
    await pause(engineRetryMs);
  }
}
