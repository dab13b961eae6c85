import assert from 'node:assert/strict';
import { createReportByException, type Quality, type ReportByExceptionOptions, type SampleValue } from '@bulkhead/core';
import fc from 'fast-check';
import * as v from 'valibot';
import { withVectors } from './conformance.ts';

const scalar = v.union([v.number(), v.boolean(), v.string()]);
const vectors = v.object({
  cases: v.array(
    v.object({
      method: v.literal('deadband'),
      threshold: v.optional(v.number()),
      maxIntervalMs: v.optional(v.number()),
      input: v.optional(v.array(scalar)),
      samples: v.optional(v.array(v.tuple([v.number(), scalar]))),
      keep: v.optional(v.array(scalar)),
      keepAtMs: v.optional(v.array(v.number())),
      keepIndex: v.optional(v.array(v.number())),
    }),
  ),
});

interface Seen {
  at: number;
  value: SampleValue;
  quality?: Quality;
}

function keptOf(options: ReportByExceptionOptions, seen: readonly Seen[]): Seen[] {
  const filter = createReportByException(options);
  return seen.filter(({ at, value, quality = 'good' }) => filter.keep({ value, quality, sourceTime: at }));
}

function keptIndexes(options: Omit<ReportByExceptionOptions, 'method'>, values: readonly SampleValue[]): number[] {
  const seen = values.map((value, at) => ({ at, value }));
  return keptOf({ method: 'deadband', ...options }, seen).map(({ at }) => at);
}

describe('report by exception', () => {
  const table: readonly [why: string, threshold: number | undefined, values: readonly SampleValue[], kept: number[]][] =
    [
      ['keeps the first sample whatever it is', 5, [null], [0]],
      ['drops what does not move', undefined, [1, 1, 1], [0]],
      ['keeps a difference of exactly the threshold', 0.5, [1, 1.5, 1.75, 2], [0, 1, 3]],
      ['compares with the last kept one, so a drift is seen', 1, [0, 0.6, 1.2, 1.8, 2.4], [0, 2, 4]],
      ['takes a threshold of 0 for any difference', 0, [1, 1, 1.0001], [0, 2]],
      ['compares 64-bit integers exactly', undefined, [2n ** 63n, 2n ** 63n + 1n, 2n ** 63n + 1n], [0, 1]],
      ['keeps texts on change', 5, ['a', 'a', 'b', 'a'], [0, 2, 3]],
      ['keeps a change of type', 5, [1, '1', true, 1n, null, null], [0, 1, 2, 3, 4]],
      ['keeps every waveform', 5, [[1], [1], [1]], [0, 1, 2]],
    ];
  for (const [why, threshold, values, kept] of table) {
    it(why, () => assert.deepEqual(keptIndexes(threshold === undefined ? {} : { threshold }, values), kept));
  }

  it('keeps every change of quality', () => {
    const kept = keptOf({ method: 'deadband', threshold: 10 }, [
      { at: 0, value: 1 },
      { at: 1, value: 1, quality: 'stale' },
      { at: 2, value: 1, quality: 'stale' },
      { at: 3, value: 1 },
    ]);
    assert.deepEqual(
      kept.map(({ at }) => at),
      [0, 1, 3],
    );
  });

  it('keeps one when the longest interval has passed, by source time', () => {
    const kept = keptOf({ method: 'deadband', threshold: 10, maxIntervalMs: 100 }, [
      { at: 0, value: 1 },
      { at: 99, value: 1 },
      { at: 100, value: 1 },
      { at: 150, value: 1 },
      { at: 199, value: 1 },
      { at: 200, value: 1 },
    ]);
    assert.deepEqual(
      kept.map(({ at }) => at),
      [0, 100, 200],
    );
  });

  it('leaves no dropped number as far from the last kept one as the threshold', () => {
    const values = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 20 }), (numbers, threshold) => {
        const kept = new Set(keptIndexes({ threshold }, numbers));
        let last = numbers[0] ?? 0;
        for (const [at, value] of numbers.entries()) {
          if (!kept.has(at)) assert.ok(Math.abs(value - last) < threshold);
          else if (at > 0) assert.ok(Math.abs(value - last) >= threshold);
          if (kept.has(at)) last = value;
        }
      }),
    );
  });

  withVectors('report-by-exception.json', vectors, ({ cases }) => {
    for (const { input, samples, keep, keepAtMs, keepIndex, threshold, maxIntervalMs } of cases) {
      const seen = samples?.map(([at, value]) => ({ at, value })) ?? input?.map((value, at) => ({ at, value })) ?? [];
      it(`keeps what the shared vectors say of ${JSON.stringify(input ?? samples)}`, () => {
        const options: ReportByExceptionOptions = { method: 'deadband' };
        if (threshold !== undefined) options.threshold = threshold;
        if (maxIntervalMs !== undefined) options.maxIntervalMs = maxIntervalMs;
        const kept = keptOf(options, seen);
        if (keep !== undefined)
          assert.deepEqual(
            kept.map(({ value }) => value),
            keep,
          );
        if (keepAtMs !== undefined)
          assert.deepEqual(
            kept.map(({ at }) => at),
            keepAtMs,
          );
        if (keepIndex !== undefined)
          assert.deepEqual(
            kept.map(({ at }) => at),
            keepIndex,
          );
      });
    }
  });
});
