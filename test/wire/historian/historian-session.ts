/** Writer and query of the palette on a database, without Node-RED around them. */
import { createMemoryOutbox, type OutboxBounds, type Sample, systemClock } from '@bulkhead/core';
import type { Database } from '../../../nodes/historian/src/database.ts';
import { historyQuery, readQueryWords } from '../../../nodes/historian/src/historian-query/config.ts';
import { type History, runQuery } from '../../../nodes/historian/src/historian-query/run.ts';
import { createWriter, type WriteEntry, type Writer } from '../../../nodes/historian/src/historian-write/writer.ts';
import { createPgDatabase, type DatabaseOptions } from '../../../nodes/historian/src/io/pg-database.ts';
import type { Login } from '../../support/postgres.ts';
import { until } from '../../support/until.ts';

export function openDatabase(login: Login, more: Partial<DatabaseOptions> = {}): Database {
  const options: DatabaseOptions = { ...login, schema: 'historian', tls: { mode: 'off', caFile: '' }, ...more };
  const database = createPgDatabase(options, { clock: systemClock, random: Math.random });
  database.open();
  return database;
}

export function connected(database: Database): Promise<unknown> {
  return until(() => database.state().kind === 'connected', { deadlineMs: 20_000, what: 'the database is connected' });
}

export interface Writing {
  readonly writer: Writer;
  readonly conflicts: string[];
}

export function writeTo(
  database: Database,
  { withinMs = 20, perBatch = 5_000, ...bounds }: { withinMs?: number; perBatch?: number } & Partial<OutboxBounds> = {},
): Writing {
  const conflicts: string[] = [];
  const writer = createWriter({
    database,
    outbox: createMemoryOutbox<WriteEntry>({
      samples: 100_000,
      bytes: 64 * 1_048_576,
      whenFull: 'drop-oldest',
      ...bounds,
    }),
    batch: { withinMs, samples: perBatch },
    clock: systemClock,
    onChange: () => undefined,
    onConflict: (_count, topic) => void conflicts.push(topic),
  });
  return { writer, conflicts };
}

/** `asked` is what a flow would put into `msg.query`. */
export function ask(database: Database, asked: Record<string, unknown>): Promise<History> {
  const { words, problems } = readQueryWords(asked);
  if (problems.length > 0) throw new Error(problems.join('; '));
  return runQuery(database, historyQuery(words, Date.now()));
}

export const start = Date.UTC(2026, 0, 1);

export function sampleOf(name: string, value: Sample['value'], more: Partial<Sample> = {}): Sample {
  return { topic: `umh.v1.acme.line._historian.${name}`, value, quality: 'good', sourceTime: start, ...more };
}
