/** A real mosquitto on loopback, with its files in a folder of its own. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

export interface Mosquitto {
  readonly port: number;
  readonly url: string;
  /** Resolves when it answers. */
  start(): Promise<void>;
  /** SIGKILL by default: connections break without a word. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Kills it and removes its files. */
  remove(): Promise<void>;
}

const program = '/usr/sbin/mosquitto';

/** Queues and in-flight limits are raised, as a plant's broker would have them; `lines` are added to its configuration. */
export async function createMosquitto({
  login,
  lines = [],
}: {
  login?: { username: string; password: string };
  lines?: readonly string[];
} = {}): Promise<Mosquitto> {
  const directory = mkdtempSync(path.join(tmpdir(), 'bulkhead-mosquitto-'));
  const port = await freePort();
  const passwords = path.join(directory, 'passwords');
  if (login) execFileSync('mosquitto_passwd', ['-b', '-c', passwords, login.username, login.password]);
  const configuration = path.join(directory, 'mosquitto.conf');
  writeFileSync(
    configuration,
    [
      `listener ${port} 127.0.0.1`,
      'persistence false',
      'max_inflight_messages 1000',
      'max_queued_messages 1000000',
      // Started by root it would else give up its rights to a user who cannot read this folder.
      'user root',
      ...(login ? ['allow_anonymous false', `password_file ${passwords}`] : ['allow_anonymous true']),
      ...lines,
      '',
    ].join('\n'),
  );

  let child: ChildProcess | undefined;
  const answers = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });

  const kill = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const exited = once(running, 'exit');
    running.kill(signal);
    await exited;
  };

  return {
    port,
    url: `mqtt://127.0.0.1:${port}`,
    async start() {
      child = spawn(program, ['-c', configuration], { stdio: ['ignore', 'ignore', 'pipe'] });
      let printed = '';
      child.stderr?.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
      });
      await until(
        () => {
          if (child?.exitCode !== null) throw new Error(`mosquitto ended: ${printed}`);
          return answers();
        },
        { deadlineMs: 10_000, what: 'mosquitto answers' },
      );
    },
    kill,
    async remove() {
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
