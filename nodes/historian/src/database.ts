import type { BulkheadError } from '@bulkhead/core';

/** `timescaledb`: the samples lie in hypertables. `postgresql`: in plain tables with a BRIN index on time. */
export type Tier = 'timescaledb' | 'postgresql';

/** A database waits between two attempts; it gives up only when it is closed. */
export type DatabaseState =
  | { readonly kind: 'closed' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected'; readonly tier: Tier }
  | { readonly kind: 'waiting'; readonly retryInMs: number; readonly problem: BulkheadError };

export type Row = Readonly<Record<string, unknown>>;

export interface Session {
  /** `changed` is the number of rows that an INSERT, UPDATE or DELETE touched. */
  query(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ readonly rows: readonly Row[]; readonly changed: number }>;
}

/**
 * A database with the historian's tables in it.
 *
 * `write` and `read` reject with a BulkheadError: a retryable one means that the database is away (its state says so,
 * and says when it is back), code `historian-data` that the values given cannot be stored.
 */
export interface Database {
  /** Name of the schema, quoted for use in SQL. */
  readonly schema: string;
  state(): DatabaseState;
  /** Calls back on each change; returns the function that ends it. */
  onState(listener: (state: DatabaseState) => void): () => void;
  open(): void;
  close(): Promise<void>;
  /** Runs `work` in one transaction: committed when the promise is fulfilled. */
  write<T>(work: (session: Session) => Promise<T>): Promise<T>;
  read<T>(work: (session: Session) => Promise<T>): Promise<T>;
}
