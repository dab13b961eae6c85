import { BulkheadError, isRecord } from '@bulkhead/core';
import { configReader } from '@bulkhead/node-kit';
import { aggregates, historianQueryDefaults as defaults, outputs } from './defaults.ts';
import { durationMs } from './duration.ts';
import { pointInTime } from './time.ts';

export type Aggregate = (typeof aggregates)[number];
export type OutputForm = (typeof outputs)[number];

/** What is asked for, as it was written: in the node, and over it in `msg.query`. */
export interface QueryWords {
  readonly topics: unknown;
  readonly from: unknown;
  readonly to: unknown;
  readonly interval: unknown;
  readonly aggregate: Aggregate;
  readonly limit: number;
  readonly output: OutputForm;
}

/** A question that can be asked. Times are epoch milliseconds; `from` belongs to the range, `to` does not. */
export interface HistoryQuery {
  /** Exact topics. */
  readonly topics: readonly string[];
  /** Every topic that starts with one of these. */
  readonly prefixes: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly aggregate: Aggregate;
  /** Of the buckets, where it is not raw. */
  readonly intervalMs: number;
  readonly limit: number;
  readonly output: OutputForm;
}

const mostRows = 1_000_000;

/** Reads an object with the properties of a query over `base`; used for the node and for `msg.query`. */
export function readQueryWords(
  raw: unknown,
  base: QueryWords = defaults,
): { words: QueryWords; problems: readonly string[] } {
  const read = configReader(raw);
  const given = isRecord(raw) ? raw : {};
  const prefixes = [given['prefix']].flat().flatMap((prefix) => (typeof prefix === 'string' ? [`${prefix}#`] : []));
  return {
    words: {
      topics: prefixes.length > 0 ? [given['topics'] ?? [], prefixes].flat() : (given['topics'] ?? base.topics),
      from: given['from'] ?? base.from,
      to: given['to'] ?? base.to,
      interval: given['interval'] ?? base.interval,
      aggregate: read.choice('aggregate', aggregates, base.aggregate),
      limit: read.number('limit', base.limit, { min: 1, max: mostRows, whole: true }),
      output: read.choice('output', outputs, base.output),
    },
    problems: read.problems,
  };
}

/** The question behind the words. Throws a BulkheadError that says which of them cannot be used. */
export function historyQuery(words: QueryWords, now: number): HistoryQuery {
  const { topics, prefixes } = splitTopics(words.topics);
  const time = (name: 'from' | 'to'): number => {
    const ms = pointInTime(words[name], now);
    if (ms === undefined)
      throw unusable(`${name} "${String(words[name])}" is no time: give epoch milliseconds, ISO 8601 or -1h`);
    return ms;
  };
  const intervalMs = durationMs(words.interval);
  if (intervalMs === undefined && words.aggregate !== 'raw') {
    throw unusable(`interval "${String(words.interval)}" is no duration: give milliseconds or 10s, 1m, 1h`);
  }
  const query: HistoryQuery = {
    topics,
    prefixes,
    from: time('from'),
    to: time('to'),
    aggregate: words.aggregate,
    intervalMs: intervalMs ?? 0,
    limit: words.limit,
    output: words.output,
  };
  if (query.from >= query.to) throw unusable('from is not before to');
  return query;
}

function splitTopics(topics: unknown): { topics: readonly string[]; prefixes: readonly string[] } {
  const list = (typeof topics === 'string' ? topics.split(/[\s,]+/) : Array.isArray(topics) ? topics : [])
    .map((topic: unknown) => (typeof topic === 'string' ? topic.trim() : ''))
    .filter((topic) => topic !== '');
  if (list.length === 0) throw unusable('no topic is given: name topics, or all below one as umh.v1.acme.#');
  return {
    topics: list.filter((topic) => !topic.endsWith('#')),
    prefixes: list.filter((topic) => topic.endsWith('#')).map((topic) => topic.slice(0, -1)),
  };
}

function unusable(message: string): BulkheadError {
  return new BulkheadError('historian-bad-query', message);
}
