/**
 * Becomes the embedded PostgreSQL server: prepares user, leftovers and data, then executes the server in its own
 * place, so that the keeper's child is the server and the keeper learns its true exit.
 */
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type PostgresBoot, readBoot } from '../protocol/boot.ts';
import { endWhenKeeperGone } from '../protocol/orphan-guard.ts';
import { findBinaries } from './postgres/binaries.ts';
import { dataIn, dataOwner, ensureCluster, prepareDirectory, serverArguments } from './postgres/cluster.ts';
import { clearLeftovers } from './postgres/leftovers.ts';
import { chooseRunAs, chooseUser } from './postgres/run-as.ts';

const configurationError = 78;

function isBoot(value: unknown): value is PostgresBoot {
  return typeof value === 'object' && value !== null && 'directory' in value && 'password' in value && 'port' in value;
}

async function prepare(boot: PostgresBoot): Promise<readonly string[]> {
  const binaries = findBinaries();
  const user = chooseUser(dataOwner(boot.directory));
  prepareDirectory(boot.directory, user);
  const runAs = chooseRunAs(boot.directory, binaries.postgres, user);
  ensureCluster(boot, binaries, runAs);
  await clearLeftovers(realpathSync(dataIn(boot.directory)));
  return [...runAs.prefix, binaries.postgres, ...serverArguments(boot)];
}

/** `execve` does not search PATH. */
function absolute(command: string): string {
  const folders = command.includes('/') ? [] : (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, command)).find((file) => existsSync(file)) ?? command;
}

/** Where a process cannot be replaced (Windows): a child, which ends with us. */
function runAsChild(command: string, args: readonly string[], env: Record<string, string>): void {
  const server = spawn(command, args, { env, stdio: 'inherit' });
  const stop = (): void => void server.kill('SIGINT');
  endWhenKeeperGone(stop);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  server.on('exit', (code) => process.exit(code ?? 1));
}

const boot = readBoot((value) => {
  if (!isBoot(value)) throw new Error('the database is started by the keeper, not by hand');
  return value;
});
try {
  const [command = '', ...args] = await prepare(boot);
  const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' };
  if (process.execve === undefined || process.platform === 'win32') runAsChild(command, args, env);
  else process.execve(absolute(command), [command, ...args], env);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(configurationError);
}
