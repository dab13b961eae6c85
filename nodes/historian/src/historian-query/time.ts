import { isSourceTime } from '@bulkhead/core';
import { durationMs } from './duration.ts';

/**
 * Epoch milliseconds of a point in time: a number of them, a Date, ISO 8601 text, `now`, or relative to now (`-1h`,
 * `now-7d`). Undefined for anything else.
 */
export function pointInTime(time: unknown, now: number): number | undefined {
  if (time instanceof Date) return pointInTime(time.getTime(), now);
  if (typeof time === 'number') return isSourceTime(time) ? time : undefined;
  if (typeof time !== 'string') return undefined;
  const text = time.trim();
  if (text === 'now') return now;
  const relative = /^(?:now\s*)?([+-])\s*(.+)$/.exec(text);
  if (relative !== null && !/^[+-]\d{4,6}-/.test(text)) {
    const ms = durationMs(relative[2]);
    if (ms === undefined) return undefined;
    return relative[1] === '-' ? now - ms : now + ms;
  }
  if (/^\d+(\.\d+)?$/.test(text)) return pointInTime(Number(text), now);
  const parsed = Date.parse(text);
  return Number.isNaN(parsed) ? undefined : parsed;
}
