import { readFileSync } from 'node:fs';
import { type BackOffPolicy, BulkheadError, type Clock, errorMessage, nextDelayMs, type Timer } from '@bulkhead/core';
import pg from 'pg';
import type { Database, DatabaseState, Session } from '../database.ts';
import { quoted } from '../protocol/schema.ts';
import { migrate } from './migrate.ts';
import { databaseFailure, type Target } from './pg-failure.ts';
import { createSlots } from './slots.ts';

export interface DatabaseOptions extends Target {
  readonly password?: string;
  readonly schema: string;
  readonly tls: { readonly mode: 'off' | 'encrypt' | 'verify'; readonly caFile: string };
}

const backOff: BackOffPolicy = { firstMs: 250, factor: 2, maxMs: 30_000, jitter: 0.3 };
/** Sessions are PostgreSQL processes: few, and reads cannot take those of the writers. */
const writers = 2;
const readers = 3;
const connectTimeoutMs = 10_000;
/** A statement that takes longer is given up with its session: the far side may be gone without a word. */
const statementTimeoutMs = 60_000;
const closeDeadlineMs = 3_000;

/** A database over the pg library. closed → connecting → connected → waiting → connecting …; `close()` ends it from everywhere. */
export function createPgDatabase(
  options: DatabaseOptions,
  { clock, random }: { clock: Clock; random: () => number },
): Database {
  const listeners = new Set<(state: DatabaseState) => void>();
  const inWriterSlot = createSlots(writers);
  const inReaderSlot = createSlots(readers);
  let state: DatabaseState = { kind: 'closed' };
  let pool: pg.Pool | undefined;
  let retry: Timer | undefined;
  let failures = 0;

  const change = (next: DatabaseState): void => {
    state = next;
    for (const listener of [...listeners]) listener(next);
  };

  const lost = (problem: BulkheadError): void => {
    if (state.kind === 'closed' || state.kind === 'waiting') return;
    const retryInMs = nextDelayMs(backOff, failures, random);
    failures += 1;
    retry = clock.setTimeout(() => void attempt(), retryInMs);
    change({ kind: 'waiting', retryInMs, problem });
  };

  const attempt = async (): Promise<void> => {
    const own = pool;
    if (own === undefined) return;
    change({ kind: 'connecting' });
    try {
      const tier = await inTransaction(own, (session) => migrate(session, options.schema));
      if (own === pool) change({ kind: 'connected', tier });
    } catch (error) {
      if (own === pool) lost(databaseFailure(error, options));
    }
  };

  const inTransaction = async <T>(own: pg.Pool, work: (session: Session) => Promise<T>): Promise<T> => {
    const client = await own.connect();
    let isBroken = true;
    try {
      await client.query('begin');
      try {
        const result = await work(sessionOf(client));
        await client.query('commit');
        isBroken = false;
        return result;
      } catch (error) {
        // A statement that timed out still runs: its session is given up, a rollback would only wait for it.
        if (errorMessage(error) === 'Query read timeout') throw error;
        // Only a rollback that works proves that the session is still of use.
        await client.query('rollback').then(
          () => {
            isBroken = false;
          },
          () => undefined,
        );
        throw error;
      }
    } finally {
      client.release(isBroken);
    }
  };

  const run = async <T>(work: (session: Session) => Promise<T>): Promise<T> => {
    const own = pool;
    if (own === undefined || state.kind !== 'connected') {
      throw new BulkheadError(
        'historian-not-connected',
        `not connected to PostgreSQL at ${options.host}:${options.port}`,
        {
          retryable: true,
          ...(state.kind === 'waiting' ? { cause: state.problem } : {}),
        },
      );
    }
    try {
      const result = await inTransaction(own, work);
      failures = 0;
      return result;
    } catch (error) {
      const failure = databaseFailure(error, options);
      if (failure.retryable && own === pool && state.kind === 'connected') lost(failure);
      throw failure;
    }
  };

  return {
    schema: quoted(options.schema),
    state: () => state,
    onState(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    open() {
      if (state.kind !== 'closed') return;
      failures = 0;
      try {
        pool = createPool(options, (error) => {
          if (state.kind === 'connected') lost(databaseFailure(error, options));
        });
      } catch (error) {
        // The CA file could not be read: the pool could not be made, and trying again would not change that.
        change({ kind: 'waiting', retryInMs: 0, problem: databaseFailure(error, options) });
        return;
      }
      void attempt();
    },
    async close() {
      clock.clearTimeout(retry);
      retry = undefined;
      const last = pool;
      pool = undefined;
      if (state.kind !== 'closed') change({ kind: 'closed' });
      if (last === undefined) return;
      await Promise.race([last.end(), new Promise<void>((resolve) => void clock.setTimeout(resolve, closeDeadlineMs))]);
    },
    write: (work) => inWriterSlot(() => run(work)),
    read: (work) => inReaderSlot(() => run(work)),
  };
}

function createPool(options: DatabaseOptions, onIdleError: (error: Error) => void): pg.Pool {
  const { host, port, database, user, password, tls } = options;
  const pool = new pg.Pool({
    host,
    port,
    database,
    user,
    // Never from the environment or a password file: what the node says is what is used.
    password: password ?? '',
    max: writers + readers,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: connectTimeoutMs,
    query_timeout: statementTimeoutMs,
    keepAlive: true,
    application_name: 'bulkhead-historian',
    ssl:
      tls.mode === 'off'
        ? false
        : {
            rejectUnauthorized: tls.mode === 'verify',
            ...(tls.caFile === '' ? {} : { ca: readFileSync(tls.caFile, 'utf8') }),
          },
  });
  // Without these two listeners a backend that is terminated ends this process: the pool listens to idle clients only.
  pool.on('error', onIdleError);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

function sessionOf(client: pg.PoolClient): Session {
  return {
    async query(text, values = []) {
      const result = await client.query<Record<string, unknown>>(text, [...values]);
      return { rows: result.rows, changed: result.rowCount ?? 0 };
    },
  };
}
