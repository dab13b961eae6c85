import { isWaveform, type Quality, type Sample, type SampleValue } from '@bulkhead/core';

/** One point as charts and tables like it: flat, and safe to write as JSON. */
export interface HistoryRow {
  /** Epoch milliseconds. */
  readonly time: number;
  readonly topic: string;
  /** The last segment of the topic. */
  readonly name: string;
  /** Booleans as 0 and 1; integers beyond 2^53 as text. */
  readonly value: number | string | null;
  readonly quality: Quality;
  readonly unit?: string;
}

/** Samples as rows; a waveform becomes one row for each of its points. */
export function rowsOf(samples: readonly Sample[]): HistoryRow[] {
  return samples.flatMap(({ topic, value, quality, sourceTime, stepUs = 0, unit }) => {
    const row = (time: number, cell: HistoryRow['value']): HistoryRow => ({
      time,
      topic,
      name: topic.slice(topic.lastIndexOf('.') + 1),
      value: cell,
      quality,
      ...(unit === undefined ? {} : { unit }),
    });
    if (!isWaveform(value)) return [row(sourceTime, cellOf(value))];
    return value.map((point, at) => row(sourceTime + (at * stepUs) / 1_000, point));
  });
}

function cellOf(value: Exclude<SampleValue, readonly number[]>): HistoryRow['value'] {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'bigint') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}
