import { deepEqual, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { planReads, type Span } from '../../../nodes/modbus/src/protocol/read-plan.ts';
import { AREAS } from '../../../nodes/modbus/src/protocol/register-type.ts';

const holding = (address: number, count = 1): Span => ({ area: 'holding', address, count });
const strict = { maxGap: 0, maxRegisters: 125 };

describe('Planning Modbus reads', () => {
  it('reads neighbours in one request, in whatever order they are configured', () => {
    deepEqual(planReads([holding(12, 2), holding(10, 2), holding(14)], strict), [
      { area: 'holding', address: 10, count: 5, members: [1, 0, 2] },
    ]);
  });

  it('asks apart for what has a gap between, unless gaps are allowed', () => {
    const spans = [holding(0), holding(3)];
    deepEqual(
      planReads(spans, strict).map(({ address, count }) => [address, count]),
      [
        [0, 1],
        [3, 1],
      ],
    );
    deepEqual(planReads(spans, { maxGap: 2, maxRegisters: 125 }), [
      { area: 'holding', address: 0, count: 4, members: [0, 1] },
    ]);
  });

  it('keeps the areas apart', () => {
    deepEqual(
      planReads(
        [holding(0), { area: 'input', address: 1, count: 1 }, { area: 'coil', address: 0, count: 1 }],
        strict,
      ).map(({ area }) => area),
      ['coil', 'holding', 'input'],
    );
  });

  it('starts a new request before a value would be divided by the limit', () => {
    deepEqual(planReads([holding(0, 4), holding(4, 4), holding(8, 4)], { maxGap: 0, maxRegisters: 10 }), [
      { area: 'holding', address: 0, count: 8, members: [0, 1] },
      { area: 'holding', address: 8, count: 4, members: [2] },
    ]);
  });

  it('reads overlapping tags once', () => {
    deepEqual(planReads([holding(0, 4), holding(1), holding(0)], strict), [
      { area: 'holding', address: 0, count: 4, members: [0, 2, 1] },
    ]);
  });

  it('covers every span in exactly one block and keeps to the limits, for any table', () => {
    const span = fc.record({
      area: fc.constantFrom(...AREAS),
      address: fc.nat(3000),
      count: fc.integer({ min: 1, max: 4 }),
    });
    const limits = fc.record({ maxGap: fc.nat(20), maxRegisters: fc.integer({ min: 4, max: 125 }) });
    fc.assert(
      fc.property(fc.array(span, { maxLength: 80 }), limits, (spans, limit) => {
        const blocks = planReads(spans, limit);
        deepEqual(
          blocks.flatMap((block) => block.members).sort((a, b) => a - b),
          spans.map((_, index) => index),
        );
        for (const block of blocks) {
          ok(block.count <= (block.area === 'coil' || block.area === 'discrete' ? 2000 : limit.maxRegisters));
          for (const member of block.members) {
            const own = spans[member];
            ok(own !== undefined && own.area === block.area && own.address >= block.address);
            ok(own.address + own.count <= block.address + block.count);
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
