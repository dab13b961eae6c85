import assert from 'node:assert/strict';
import { type CounterOptions, type CounterStep, counterIncrement } from '@bulkhead/core';
import fc from 'fast-check';
import { withOeeExamples } from './oee-examples.ts';

describe('a counter', () => {
  const table: readonly [why: string, width: CounterOptions['width'], from: number, to: number, step: CounterStep][] = [
    ['moves forward', 16, 10, 15, { increment: 5, kind: 'step' }],
    ['stands still', 16, 10, 10, { increment: 0, kind: 'step' }],
    ['may step by the limit', 16, 10, 110, { increment: 100, kind: 'step' }],
    ['that steps beyond the limit is counted and told', 16, 10, 111, { increment: 101, kind: 'jump' }],
    ['wraps from its last value to 0', 16, 65535, 0, { increment: 1, kind: 'wrap' }],
    ['wraps by the limit', 16, 65535, 99, { increment: 100, kind: 'wrap' }],
    ['that would wrap beyond the limit was reset', 16, 65535, 100, { increment: 100, kind: 'reset' }],
    ['of 32 bits wraps', 32, 4294967295, 1, { increment: 2, kind: 'wrap' }],
    ['of 32 bits does not wrap at 16', 32, 65535, 3, { increment: 3, kind: 'reset' }],
    ['that never wraps was reset when it falls', 'none', 65535, 3, { increment: 3, kind: 'reset' }],
    ['that was reset to 0 has counted nothing since', 16, 1250, 0, { increment: 0, kind: 'reset' }],
    ['that is signed wraps to its least value', 16, 32767, -32768, { increment: 1, kind: 'wrap' }],
    ['never counts below nothing', 'none', 5, -3, { increment: 0, kind: 'reset' }],
  ];
  for (const [why, width, from, to, step] of table) {
    it(`${why}: ${from} → ${to}`, () => assert.deepEqual(counterIncrement(from, to, { width, maxStep: 100 }), step));
  }

  it('that wraps any number of times adds up to what was counted', () => {
    fc.assert(
      fc.property(fc.nat(65535), fc.array(fc.integer({ min: 0, max: 1000 })), (start, steps) => {
        let value = start;
        let counted = 0;
        for (const step of steps) {
          const next = (value + step) % 65536;
          counted += counterIncrement(value, next, { width: 16, maxStep: 1000 }).increment;
          value = next;
        }
        assert.equal(
          counted,
          steps.reduce((sum, step) => sum + step, 0),
        );
      }),
    );
  });

  withOeeExamples(({ counters }) => {
    for (const { name, width, max_step: maxStep, values, expected_increments, expected_total } of counters) {
      it(`counts as the shared example says: ${name}`, () => {
        const increments = values
          .slice(1)
          .map((value, at) => counterIncrement(values[at] ?? 0, value, { width, maxStep }).increment);
        assert.deepEqual(increments, expected_increments);
        assert.equal(
          increments.reduce((sum, increment) => sum + increment, 0),
          expected_total,
        );
      });
    }
  });
});
