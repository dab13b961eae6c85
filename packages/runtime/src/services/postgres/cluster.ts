/** The data directory: made at the first start, whole or not at all. */
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PostgresBoot } from '../../protocol/boot.ts';
import type { Binaries } from './binaries.ts';
import type { RunAs, User } from './run-as.ts';

export const dataIn = (directory: string): string => join(directory, 'data');

/** Who owns the data, if there are any. */
export function dataOwner(directory: string): User | null {
  const data = dataIn(directory);
  if (!existsSync(data)) return null;
  const { uid, gid } = statSync(data);
  return { uid, gid };
}

export function prepareDirectory(directory: string, user: User | null): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (user !== null) chownSync(directory, user.uid, user.gid);
}

/** Makes cluster and database if they are missing. Throws an Error with PostgreSQL's own words. */
export function ensureCluster(boot: PostgresBoot, binaries: Binaries, runAs: RunAs): void {
  const data = dataIn(boot.directory);
  if (existsSync(join(data, 'PG_VERSION'))) return;
  const fresh = `${data}.new`;
  const passwordFile = join(boot.directory, 'password');
  // Left by a first start that was interrupted.
  rmSync(fresh, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, boot.password, { mode: 0o600 });
  if (runAs.user !== null) chownSync(passwordFile, runAs.user.uid, runAs.user.gid);
  try {
    run(runAs, boot.directory, '', [
      binaries.initdb,
      `--pgdata=${fresh}`,
      `--username=${boot.user}`,
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      // The built-in locale is the same on every machine; the system's may be missing or change with its libc.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
    ]);
    run(runAs, boot.directory, `CREATE DATABASE "${boot.database.replaceAll('"', '""')}";\n`, [
      binaries.postgres,
      '--single',
      '-D',
      fresh,
      'postgres',
    ]);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(fresh, data);
}

function run(runAs: RunAs, cwd: string, input: string, command: readonly string[]): void {
  const [program = '', ...args] = [...runAs.prefix, ...command];
  const { status, error, stderr, stdout } = spawnSync(program, args, {
    cwd,
    input,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' },
  });
  if (status === 0) return;
  const said = `${stderr ?? ''}${stdout ?? ''}`.split('\n').filter((line) => /error|fatal/i.test(line));
  throw new Error(`the database could not be made: ${error?.message ?? said.join('; ').slice(0, 500)}`);
}

/** The server's command line. */
export function serverArguments(boot: PostgresBoot): readonly string[] {
  const settings = {
    listen_addresses: boot.host,
    port: String(boot.port),
    unix_socket_directories: '',
    // Containers give /dev/shm 64 MB, which a parallel query can exceed.
    dynamic_shared_memory_type: 'mmap',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
  };
  return [
    '-D',
    dataIn(boot.directory),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}
