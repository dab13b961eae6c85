import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { collectOutput } from './child-output.ts';

export interface SerialPair {
  /** The two ends, as device files. */
  readonly near: string;
  readonly far: string;
  /** Pulls the cable out: both ends vanish. */
  cut(): Promise<void>;
  /** Puts it in again. */
  join(): Promise<void>;
  close(): Promise<void>;
}

/** A serial line of pseudo terminals, by socat. */
export async function createSerialPair(): Promise<SerialPair> {
  const folder = await mkdtemp(path.join(tmpdir(), 'serial-line-'));
  const [near, far] = ['near', 'far'].map((end) => path.join(folder, end));
  let child: ReturnType<typeof spawn> | undefined;

  const join = async (): Promise<void> => {
    child = spawn('socat', ['-d', '-d', ...[near, far].map((end) => `pty,raw,echo=0,link=${end}`)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    await collectOutput(child).line(/starting data transfer loop/, { deadlineMs: 10_000, what: 'socat' });
  };
  const cut = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
    await Promise.all([near, far].map((end) => rm(end ?? '', { force: true })));
  };
  await join();
  return {
    near: near ?? '',
    far: far ?? '',
    cut,
    join,
    async close() {
      await cut();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
