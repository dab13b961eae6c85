import type { ConfigReader } from '../config-reader.ts';

/** A tag as far as writing is the same for every protocol. */
export interface WriteTag {
  topic: string;
  /** As shown to people. */
  address: string;
  /** In engineering units; a number outside of them is not written. */
  min: number;
  max: number;
}

export interface WriteLimits {
  min: number;
  max: number;
  /** Whether the row says any of the two. */
  isLimited: boolean;
}

const numbers = { min: -1e15, max: 1e15 };

/** The columns min and max of a tag table; empty: no limit. */
export function readWriteLimits(row: ConfigReader): WriteLimits {
  const hasMin = row.text('min', '') !== '';
  const hasMax = row.text('max', '') !== '';
  const min = hasMin ? row.number('min', 0, numbers) : Number.NEGATIVE_INFINITY;
  const max = hasMax ? row.number('max', 0, numbers) : Number.POSITIVE_INFINITY;
  if (min > max) row.problem(`min ${min} is above max ${max}, so nothing could be written`);
  return { min, max, isLimited: hasMin || hasMax };
}
