/**
 * One keeper per home. `running.json` in the home names the keeper that runs there, and so does the link `running.sock`,
 * which leads to its socket: neither has to be readable for the other to count. Whether it still runs is asked on that
 * socket, because a pid may belong to somebody else by now, or to another container.
 */
import { existsSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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
const linkIn = (home: string): string => join(home, 'running.sock');

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

/** The socket that the link leads to; the home's own path may be too long for one. */
function linkedSocket(home: string): string | null {
  try {
    return readlinkSync(linkIn(home));
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
  /** The pid is null where `running.json` does not tell it. */
  | { readonly kind: 'in-use'; readonly pid: number | null };

export async function homeUse(home: string): Promise<HomeUse> {
  const keeper = read(home);
  if (keeper && (await answers(keeper.keeperSocket))) return { kind: 'in-use', pid: keeper.pid };
  const linked = linkedSocket(home);
  if (linked !== null && (await answers(linked))) return { kind: 'in-use', pid: null };
  return linked !== null || existsSync(fileIn(home)) ? { kind: 'abandoned' } : { kind: 'free' };
}

export const inUse = (home: string, pid: number | null): string =>
  `${home}: already in use by a running bulkhead${pid === null ? '' : ` (pid ${pid})`}; stop it first`;

/** Takes the home for this process, tidying up after an abandoned one. Null, or who has it. Call once the socket listens. */
export async function takeHome(
  home: string,
  { keeperSocket, runDirectory }: Omit<RunningKeeper, 'pid'>,
): Promise<{ pid: number | null } | null> {
  // Nothing else of what it is given: a house plan holds every password.
  const content = JSON.stringify({ pid: process.pid, keeperSocket, runDirectory });
  for (;;) {
    const use = await homeUse(home);
    if (use.kind === 'in-use') return { pid: use.pid };
    if (use.kind === 'abandoned') tidyUp(home);
    try {
      // `wx` decides the race of two that start at the same moment.
      writeFileSync(fileIn(home), content, { flag: 'wx', mode: 0o600 });
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') continue;
      // On a full disk the file is there and empty: who looks follows the link.
      if (!link(home, keeperSocket)) throw error;
      return null;
    }
    link(home, keeperSocket);
    return null;
  }
}

function tidyUp(home: string): void {
  const linked = linkedSocket(home);
  for (const runDirectory of [read(home)?.runDirectory, linked === null ? undefined : dirname(linked)])
    if (runDirectory !== undefined) removeRunDirectory(runDirectory);
  forget(home);
}

function forget(home: string): void {
  for (const file of [fileIn(home), linkIn(home)]) rmSync(file, { force: true, recursive: true });
}

function link(home: string, keeperSocket: string): boolean {
  try {
    symlinkSync(keeperSocket, linkIn(home));
    return true;
  } catch {
    // On a file system without links `running.json` alone has to do.
    return false;
  }
}

export function leaveHome(home: string, keeperSocket: string): void {
  if (linkedSocket(home) === keeperSocket || read(home)?.pid === process.pid) forget(home);
}

/** Removes a run directory, and nothing that does not look like one: the path may come from an old file. */
export function removeRunDirectory(path: string): void {
  const parents = [tmpdir(), '/tmp'].map((parent) => resolve(parent));
  if (!parents.includes(dirname(resolve(path))) || !basename(path).startsWith(runDirectoryPrefix)) return;
  rmSync(path, { recursive: true, force: true });
}
