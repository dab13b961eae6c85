/** Starts a program of the house as the keeper does: boot data on descriptor 3, beats and last words on descriptor 4. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { Readable, Writable } from 'node:stream';

export interface LastWords {
  readonly reason: string;
  readonly detail: string;
  readonly nodeId?: string;
}

export interface StartedProcess {
  readonly child: ChildProcess;
  readonly startedAt: number;
  /** Node ids of all beats so far, oldest first. */
  readonly beats: readonly string[];
  /** Ids of the nodes that were being made or closed, an empty one after the last. */
  readonly entered: readonly string[];
  lastWords(): LastWords | undefined;
  /** What it printed on stdout and stderr. */
  output(): string;
  exited: Promise<{ code: number | null; signal: string | null }>;
  kill(): Promise<void>;
}

const source = path.resolve(import.meta.dirname, '../../packages/runtime/src');

/** `program` is a path below packages/runtime/src, such as `compartment/main.ts`, or an absolute path. */
export function startProcess(
  program: string,
  boot: unknown,
  { env = {}, nodeArgs = [], cwd }: { env?: Record<string, string>; nodeArgs?: string[]; cwd?: string } = {},
): StartedProcess {
  const startedAt = Date.now();
  const child = spawn(process.execPath, [...nodeArgs, path.resolve(source, program)], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
  const bootStream = child.stdio[3];
  if (!(bootStream instanceof Writable)) throw new Error('descriptor 3 is not writable');
  bootStream.on('error', () => {});
  bootStream.end(`${JSON.stringify(boot)}\n`);

  const beats: string[] = [];
  const entered: string[] = [];
  let words: LastWords | undefined;
  let rest = '';
  const beatStream = child.stdio[4];
  if (!(beatStream instanceof Readable)) throw new Error('descriptor 4 is not readable');
  beatStream.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('b ')) beats.push(line.slice(2));
      else if (line.startsWith('e ')) entered.push(line.slice(2));
      else if (!/^[nd] /.test(line)) words ??= JSON.parse(line);
    }
  });
  beatStream.on('error', () => {});

  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
  }
  const exited = once(child, 'close').then(() => ({ code: child.exitCode, signal: child.signalCode }));
  return {
    child,
    startedAt,
    beats,
    entered,
    lastWords: () => words,
    output: () => printed,
    exited,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
