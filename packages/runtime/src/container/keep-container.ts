/** One life of one container: made, started, followed, and taken away again whatever happens. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Contained, ContainerBoot } from '../protocol/boot.ts';
import { selfSigned } from '../protocol/certificate.ts';
import { existing, makeFolder, prepareUser, writeBootFile } from './boot-folder.ts';
import { type CreateRequest, createRequest, houseLabel, installationInContainer, runLabel } from './create-request.ts';
import { endOfContainer, type EndOfContainer } from './end-of-container.ts';
import { connectEngine, type Engine, EngineError } from './engine.ts';
import { type Gate, openGate } from './gate.ts';
import { oomKillsOf } from './oom-kills.ts';
import { relayOutput } from './relay-output.ts';
import { createWaiting } from './waiting.ts';

export interface KeepPorts {
  readonly onBeat: (line: string) => void;
  /** While the engine makes or tidies up the container, which can take seconds, it is not silent. */
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
/** Output that is still on its way through the engine when the container has ended. */
const lastOutputMs = 1_000;
/** An engine that is being restarted, while its containers live on, is waited for. */
const engineGoneMs = 15_000;
const engineRetryMs = 250;
const loopback = '127.0.0.1';

export function keepContainer(boot: ContainerBoot, ports: KeepPorts): KeptContainer {
  const engine = connectEngine(boot.engine.socket);
  let id: string | null = null;
  let wanted: 'SIGTERM' | 'SIGKILL' | null = null;

  const send = (signal: 'SIGTERM' | 'SIGKILL'): void => {
    if (id !== null) engine.kill(id, signal).catch((error: unknown) => ports.log(String(error)));
  };

  const live = async (): Promise<EndOfContainer> => {
    await removeLeftovers(engine, boot);
    const bootFolder = path.join(boot.runDirectory, `b-${boot.name}`);
    let gate: Gate | null = null;
    try {
      const user = await prepareUser(boot);
      await makeFolder(bootFolder, user);
      const palettes = await existing(boot.palettes);
      const request = createRequest(boot, { bootFolder, user: `${user.uid}:${user.gid}`, palettes });
      id = await createFrom(engine, boot, request);
      const container = id;
      let oomKills: () => number | null = () => null;
      // Asked the moment its output ends: the engine takes the container's cgroup away soon after.
      const listen = async () => ({
        ended: relayOutput(await engine.attach(container), onBeat).then(() => {
          waiting.start();
          return oomKills();
        }),
      });
      let output = await listen();
      await engine.start(container);
      if (wanted !== null) send(wanted);
      const started = await engine.inspect(container);
      oomKills = oomKillsOf(started?.pid ?? 0);
      // Only now: the network, with this machine's address in it, may have been made for this container.
      const opened = await prepareGate(boot, boot.engine.address || started?.gateway || loopback, ports.log);
      gate = opened.gate;
      await writeBootFile(bootFolder, boot, opened.contained, user);
      await untilEnded(engine, container, async () => {
        output = await listen();
      });
      const killed = await Promise.race([output.ended, pause(lastOutputMs, null)]);
      return endOfContainer(await engine.inspect(container), killed, boot.memoryMb);
    } finally {
      gate?.close();
      await rm(bootFolder, { recursive: true, force: true });
      if (id !== null) await engine.remove(id).catch((error: unknown) => ports.log(String(error)));
    }
  };

  const waiting = createWaiting(ports.onWaiting);
  const onBeat = (line: string): void => {
    // From now on it speaks for itself, or is silent.
    waiting.stop();
    ports.onBeat(line);
  };

  return {
    ended: live().finally(() => waiting.stop()),
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

async function prepareGate(
  boot: ContainerBoot,
  host: string,
  log: (line: string) => void,
): Promise<{ readonly gate: Gate; readonly contained: Contained }> {
  const { runDirectory, supervisorSocket, httpSocket: http, linkSocket: links } = boot;
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
