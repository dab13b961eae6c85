import { isRecord } from '@bulkhead/core';
import { configReader } from '@bulkhead/node-kit';
import type { HistoryTag, OpcuaHistoryConfig } from './config.ts';
import { aggregates, historyLimits as limits, historyModes } from './defaults.ts';
import type { HistoryDetails } from './history.ts';

/** When the connection was lost last, and when it came back; epoch milliseconds. */
export interface Outage {
  from: number;
  to: number;
}

export interface HistoryRequest {
  tags: readonly HistoryTag[];
  details: HistoryDetails;
}

export type RequestResult = { ok: true; request: HistoryRequest } | { ok: false; problem: string };

const HOUR_MS = 3_600_000;

function timeOf(value: unknown, fallback: number): number | undefined {
  if (value === undefined || value === null || value === '') return fallback;
  if (typeof value === 'number') return value;
  const ms = value instanceof Date ? value.getTime() : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isFinite(ms) ? ms : undefined;
}

/**
 * What a message wants: `{from, to, topics, mode, aggregate, intervalMs}`, all of which may be left out; `"outage"` is the
 * time of the last outage. Without a time it is the last hour.
 */
export function requestOf(
  payload: unknown,
  config: OpcuaHistoryConfig,
  { now, outage }: { now: number; outage: Outage | undefined },
): RequestResult {
  const asked = isRecord(payload) ? payload : {};
  const isOutage = payload === 'outage' || asked['range'] === 'outage';
  if (isOutage && outage === undefined) return { ok: false, problem: 'there was no outage since the last deploy' };
  const from = isOutage ? outage?.from : timeOf(asked['from'], now - HOUR_MS);
  const to = isOutage ? outage?.to : timeOf(asked['to'], now);
  if (from === undefined || to === undefined)
    return { ok: false, problem: 'from and to must be epoch milliseconds or ISO text' };
  if (from >= to) return { ok: false, problem: 'from must lie before to' };
  const reader = configReader(asked);
  const mode = reader.choice('mode', historyModes, config.mode);
  const aggregate = reader.choice('aggregate', aggregates, config.aggregate);
  const intervalMs = reader.number('intervalMs', config.intervalMs, limits.intervalMs);
  const topics: unknown = asked['topics'];
  const wanted = Array.isArray(topics) ? topics.map(String) : typeof topics === 'string' ? [topics] : undefined;
  const unknown = wanted?.filter((topic) => !config.tags.some((tag) => tag.topic === topic)) ?? [];
  if (unknown.length > 0) reader.problem(`${unknown.join(', ')} is not in the table`);
  if (reader.problems.length > 0) return { ok: false, problem: reader.problems.join('; ') };
  const tags = config.tags.filter(({ topic }) => wanted === undefined || wanted.includes(topic));
  const details: HistoryDetails =
    mode === 'raw'
      ? { kind: 'raw', from, to, perRequest: Math.min(config.perRequest, config.mostValues) }
      : { kind: 'processed', from, to, aggregate, intervalMs };
  return { ok: true, request: { tags, details } };
}
