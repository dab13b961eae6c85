import { BulkheadError, type Clock, type Sample, systemClock } from '@bulkhead/core';
import type { Database, Row, Session } from '../database.ts';
import { numberArray, textArray } from '../protocol/array-literal.ts';
import {
  selectBuckets,
  selectLastOfBuckets,
  selectSamples,
  selectTags,
  selectWaveforms,
} from '../protocol/read-sql.ts';
import { microseconds } from '../protocol/storable.ts';
import { bodyOf } from '../protocol/stored-row.ts';
import type { HistoryQuery } from './config.ts';

export interface History {
  /** Oldest first; of the same time, by topic. */
  readonly samples: readonly Sample[];
  /** There is more in the range than the limit allows: the oldest were left out. */
  readonly isTruncated: boolean;
}

interface Tag {
  readonly topic: string;
  readonly unit: string | undefined;
  readonly address: string | undefined;
}

/** A session may have died unnoticed in the pool: the question is asked once more when a new one stands within this time. */
const patienceMs = 5_000;

/** Asks the history. Rejects with a BulkheadError, retryable where the database is away. */
export async function runQuery(database: Database, query: HistoryQuery, clock: Clock = systemClock): Promise<History> {
  const isAtHand = database.state().kind === 'connected';
  try {
    return await askOnce(database, query);
  } catch (error) {
    const isWorthwhile = isAtHand && error instanceof BulkheadError && error.retryable;
    if (!isWorthwhile || !(await isBack(database, clock))) throw error;
    return askOnce(database, query);
  }
}

function isBack(database: Database, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (back: boolean): void => {
      clock.clearTimeout(deadline);
      unwatch();
      resolve(back);
    };
    const deadline = clock.setTimeout(() => finish(false), patienceMs);
    const unwatch = database.onState(({ kind }) => {
      if (kind === 'connected') finish(true);
      else if (kind === 'closed') finish(false);
    });
    if (database.state().kind === 'connected') finish(true);
  });
}

function askOnce(database: Database, query: HistoryQuery): Promise<History> {
  return database.read(async (session) => {
    const tags = await findTags(session, database.schema, query);
    if (tags.size === 0) return { samples: [], isTruncated: false };
    const rows = await findRows(session, database.schema, query, [...tags.keys()]);
    const samples = rows.flatMap((row) => sampleOf(row, tags, query));
    samples.sort(
      (left, right) =>
        left.sourceTime - right.sourceTime || (left.topic < right.topic ? -1 : left.topic > right.topic ? 1 : 0),
    );
    return { samples: samples.slice(-query.limit), isTruncated: samples.length > query.limit };
  });
}

async function findTags(
  session: Session,
  schema: string,
  { topics, prefixes }: HistoryQuery,
): Promise<Map<number, Tag>> {
  const { rows } = await session.query(selectTags(schema), [textArray(topics), textArray(prefixes)]);
  const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  return new Map(
    rows.map((row) => [
      Number(row['tag_id']),
      { topic: String(row['topic']), unit: textOf(row['unit']), address: textOf(row['address']) },
    ]),
  );
}

async function findRows(
  session: Session,
  schema: string,
  query: HistoryQuery,
  tagIds: readonly number[],
): Promise<readonly Row[]> {
  const { from, to, aggregate, intervalMs, limit } = query;
  // One more than asked for tells whether there is more.
  const range = [numberArray(tagIds), microseconds(from), microseconds(to), limit + 1];
  const interval = Math.max(1, microseconds(intervalMs));
  switch (aggregate) {
    case 'raw': {
      const scalars = await session.query(selectSamples(schema), range);
      const waveforms = await session.query(selectWaveforms(schema), range);
      return [...scalars.rows, ...waveforms.rows];
    }
    case 'last':
      return (await session.query(selectLastOfBuckets(schema), [...range, interval])).rows;
    default:
      return (await session.query(selectBuckets(schema, aggregate), [...range, interval])).rows;
  }
}

function sampleOf(row: Row, tags: ReadonlyMap<number, Tag>, { aggregate }: HistoryQuery): Sample[] {
  const tag = tags.get(Number(row['tag_id']));
  if (tag === undefined) return [];
  const sample: Sample = { topic: tag.topic, ...bodyOf(row) };
  const isComputed = aggregate !== 'raw' && aggregate !== 'last';
  // A computed value has no quality of its own: it is made of usable samples, or there were none.
  if (isComputed) sample.quality = sample.value === null ? 'bad' : 'good';
  if (tag.unit !== undefined && aggregate !== 'count') sample.unit = tag.unit;
  if (tag.address !== undefined && !isComputed) sample.address = tag.address;
  return [sample];
}
