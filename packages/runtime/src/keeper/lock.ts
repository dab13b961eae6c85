/**
 * One keeper per home. `running.json` in the home names the keeper that runs there; whether it still does is asked on
 * its socket, because a pid may belong to somebody else by now, or to another container.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

export interface RunningKeeper {
  readonly pid: number;
  readonly keeperSocket: string;
  readonly runDirectory: string;
}

export const runDirectoryPrefix = 'bulkhead-run-';

const fileIn = (home: string): string => join(home, 'running.json');

function read(home: string): RunningKeeper | null {
  try {
    const value: unknown = JSON.parse(readFileSync(fileIn(home), 'utf8'));
    if (typeof value !== 'object' || value === null) return null;
    if (!('pid' in value && 'keeperSocket' in value && 'runDirectory' in value)) return null;
    const { pid, keeperSocket, runDirectory } = value;
    if (typeof pid !== 'number' || typeof keeperSocket !== 'string' || typeof runDirectory !== 'string') return null;
    return { pid, keeperSocket, runDirectory };
  } catch {
    return null;
  }
}

const answers = (path: string): Promise<boolean> =>
  new Promise((settle) => {
    const socket = connect(path);
    const done = (alive: boolean): void => {
      socket.destroy();
      settle(alive);
    };
    socket.setTimeout(1_000, () => done(false));
    socket.on('connect', () => done(true));
    socket.on('error', () => done(false));
  });

export type HomeUse =
  | { readonly kind: 'free' }
  /** Somebody was here and left without tidying up (power cut, kill -9). */
  | { readonly kind: 'abandoned' }
  | { readonly kind: 'in-use'; readonly pid: number };

export async function homeUse(home: string): Promise<HomeUse> {
  const keeper = read(home);
  if (keeper === null) return { kind: 'free' };
  return (await answers(keeper.keeperSocket)) ? { kind: 'in-use', pid: keeper.pid } : { kind: 'abandoned' };
}

/** Takes the home for this process, tidying up after an abandoned one. Null, or who has it. Call once the socket listens. */
export async function takeHome(
  home: string,
  { keeperSocket, runDirectory }: Omit<RunningKeeper, 'pid'>,
): Promise<{ pid: number } | null> {
  // Nothing else of what it is given: a house plan holds every password.
  const content = JSON.stringify({ pid: process.pid, keeperSocket, runDirectory });
  for (;;) {
    try {
      // `wx` decides the race of two that start at the same moment.
      writeFileSync(fileIn(home), content, { flag: 'wx', mode: 0o600 });
      return null;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const use = await homeUse(home);
    if (use.kind === 'in-use') return { pid: use.pid };
    const left = read(home);
    if (left !== null) removeRunDirectory(left.runDirectory);
    rmSync(fileIn(home), { force: true });
  }
}

export function leaveHome(home: string): void {
  if (read(home)?.pid === process.pid) rmSync(fileIn(home), { force: true });
}

/** Removes a run directory, and nothing that does not look like one: the path may come from an old file. */
export function removeRunDirectory(path: string): void {
  const parents = [tmpdir(), '/tmp'].map((parent) => resolve(parent));
  if (!parents.includes(dirname(resolve(path))) || !basename(path).startsWith(runDirectoryPrefix)) return;
  rmSync(path, { recursive: true, force: true });
}
