import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { findBinaries } from '../../../packages/runtime/src/services/postgres/binaries.ts';
import { dataOwner, serverArguments } from '../../../packages/runtime/src/services/postgres/cluster.ts';
import { chooseRunAs, chooseUser } from '../../../packages/runtime/src/services/postgres/run-as.ts';
import { freePort } from '../free-port.ts';
import { connectToHistory, type History, readHistory } from './history.ts';

/** What the historian of a stopped house holds: PostgreSQL alone is started on its data, and ended again. */
export async function historyOfStopped(home: string): Promise<History> {
  const directory = path.join(home, 'postgres');
  const binaries = findBinaries();
  const { prefix } = chooseRunAs(directory, binaries.postgres, chooseUser(dataOwner(directory)));
  const port = await freePort();
  const boot = { directory, host: '127.0.0.1', port, database: 'bulkhead', user: 'bulkhead', password: '' };
  const [program = '', ...args] = [...prefix, binaries.postgres, ...serverArguments(boot)];
  const server = spawn(program, args, {
    cwd: '/',
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' },
    stdio: 'ignore',
  });
  try {
    const client = await connectToHistory(home, port);
    try {
      return await readHistory(client);
    } finally {
      await client.end();
    }
  } finally {
    if (server.exitCode === null) {
      const ended = once(server, 'exit');
      server.kill('SIGINT');
      await ended;
    }
  }
}
