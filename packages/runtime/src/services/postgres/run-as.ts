/**
 * Under which user PostgreSQL runs. It refuses to be root, so root hands it to `postgres` or `nobody`; and where a
 * folder above the data or the programs is closed to that user (a clone below `mktemp -d`), it gets the one capability
 * to pass through closed folders, and no other right.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

export interface User {
  readonly uid: number;
  readonly gid: number;
}

export interface RunAs {
  /** Null when not root: everything stays with the own user. */
  readonly user: User | null;
  /** Stands in front of every PostgreSQL command. */
  readonly prefix: readonly string[];
}

export interface PathStat extends User {
  readonly mode: number;
}

/** Entry of `/etc/passwd`; null when there is none of that name. */
export function userNamed(passwd: string, name: string): User | null {
  const fields = passwd
    .split('\n')
    .find((line) => line.startsWith(`${name}:`))
    ?.split(':');
  const [uid, gid] = [Number(fields?.[2]), Number(fields?.[3])];
  return Number.isInteger(uid) && Number.isInteger(gid) && uid > 0 ? { uid, gid } : null;
}

/** May the user pass through a folder? Pure; access lists and the like are found out by trying. */
export function mayPass(user: User, folder: PathStat): boolean {
  if (folder.uid === user.uid) return (folder.mode & 0o100) !== 0;
  if (folder.gid === user.gid) return (folder.mode & 0o010) !== 0;
  return (folder.mode & 0o001) !== 0;
}

function firstClosed(user: User, path: string): string | null {
  const folders: string[] = [];
  for (let at = resolve(path); ; at = dirname(at)) {
    folders.unshift(at);
    if (at === dirname(at)) break;
  }
  return folders.find((folder) => !mayPass(user, statSync(folder))) ?? null;
}

const capabilities = ['dac_read_search', 'dac_override'] as const;

/** `setpriv` changes user and group, and has PostgreSQL stop (SIGINT: fast) when the keeper dies. */
function setpriv(user: User, capability: (typeof capabilities)[number] | null): readonly string[] {
  const identity = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--pdeathsig=INT'];
  if (capability === null) return ['setpriv', ...identity, '--inh-caps=-all', '--'];
  return [
    'setpriv',
    ...identity,
    // access(2), which initdb asks whether it finds its server, otherwise ignores capabilities of a non-root user.
    '--securebits=+no_setuid_fixup',
    `--inh-caps=-all,+${capability}`,
    `--ambient-caps=-all,+${capability}`,
    '--',
  ];
}

function works(prefix: readonly string[], command: readonly string[]): boolean {
  const [program, ...args] = [...prefix, ...command];
  return program !== undefined && spawnSync(program, args, { stdio: 'ignore', cwd: '/' }).status === 0;
}

/**
 * `directory` exists and is the user's; `owner` is who owns the data already, if there are any. Throws an Error that
 * says what to do when no way works.
 */
export function chooseRunAs(directory: string, postgres: string, chosen: User | null): RunAs {
  if (chosen === null) return { user: null, prefix: [] };
  const closed = firstClosed(chosen, directory) ?? firstClosed(chosen, dirname(postgres));
  const ways = closed === null ? [setpriv(chosen, null)] : capabilities.map((name) => setpriv(chosen, name));
  const prefix = ways.find((way) => works(way, [postgres, '--version']));
  if (prefix !== undefined) return { user: chosen, prefix };
  throw new Error(
    closed === null
      ? `PostgreSQL cannot be started as user ${chosen.uid}: install util-linux (setpriv), or do not run as root`
      : `PostgreSQL must not run as root, and user ${chosen.uid} cannot pass through ${closed}: open that folder ` +
          '(chmod o+x), set BULKHEAD_HOME to another one, or name a PostgreSQL of your own in bulkhead.yaml',
  );
}

/** Null when not root. Data that exist keep their owner. Throws when the machine has no fitting user. */
export function chooseUser(dataOwner: User | null): User | null {
  if (process.geteuid?.() !== 0) return null;
  if (dataOwner !== null && dataOwner.uid !== 0) return dataOwner;
  const passwd = readFileSync('/etc/passwd', 'utf8');
  const user = userNamed(passwd, 'postgres') ?? userNamed(passwd, 'nobody');
  if (user === null) throw new Error('PostgreSQL must not run as root, and there is no user postgres or nobody');
  return user;
}
