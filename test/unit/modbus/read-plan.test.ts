import { deepEqual, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { planReads, type UnitSpan } from '../../../nodes/modbus/src/protocol/read-plan.ts';
import { AREAS } from '../../../nodes/modbus/src/protocol/register-type.ts';

const holding = (address: number, count = 1, unit = 1): UnitSpan => ({ unit, area: 'holding', address, count });
const strict = { maxGap: 0, maxRegisters: 125 };

describe('Planning Modbus reads', () => {
  it('reads neighbours in one request, in whatever order they are configured', () => {
    deepEqual(planReads([holding(12, 2), holding(10, 2), holding(14)], strict), [
      { unit: 1, area: 'holding', address: 10, count: 5, members: [1, 0, 2] },
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
      { unit: 1, area: 'holding', address: 0, count: 4, members: [0, 1] },
    ]);
  });

  it('keeps the areas apart', () => {
    deepEqual(
      planReads([holding(0), { ...holding(1), area: 'input' }, { ...holding(0), area: 'coil' }], strict).map(
        ({ area }) => area,
      ),
      ['coil', 'holding', 'input'],
    );
  });

  it('keeps the units of a gateway apart', () => {
    deepEqual(
      planReads([holding(1, 1, 2), holding(0), holding(1)], strict).map(({ unit, count }) => [unit, count]),
      [
        [1, 2],
        [2, 1],
      ],
    );
  });

  it('asks alone for what was refused, and reads no gap along that was', () => {
    const spans = [holding(0), holding(2), holding(4)];
    const learnt = { alone: new Set([1]), tight: new Set([2]) };
    deepEqual(
      planReads(spans, { maxGap: 10, maxRegisters: 125 }, learnt).map(({ members }) => members),
      [[0], [2], [1]],
    );
  });

  it('starts a new request before a value would be divided by the limit', () => {
    deepEqual(planReads([holding(0, 4), holding(4, 4), holding(8, 4)], { maxGap: 0, maxRegisters: 10 }), [
      { unit: 1, area: 'holding', address: 0, count: 8, members: [0, 1] },
      { unit: 1, area: 'holding', address: 8, count: 4, members: [2] },
    ]);
  });

  it('reads as many bits as lie in the registers that the device gives at a time', () => {
    const bits = [0, 16, 63, 64].map((address): UnitSpan => ({ unit: 1, area: 'coil', address, count: 1 }));
    deepEqual(
      planReads(bits, { maxGap: 120, maxRegisters: 4 }).map(({ address, count }) => [address, count]),
      [
        [0, 64],
        [64, 1],
      ],
    );
    const far = [0, 1_999, 2_000].map((address): UnitSpan => ({ unit: 1, area: 'coil', address, count: 1 }));
    deepEqual(
      planReads(far, { maxGap: 2_000, maxRegisters: 2_000 }).map(({ count }) => count),
      [2_000, 1],
    );
  });

  it('reads overlapping tags once', () => {
    deepEqual(planReads([holding(0, 4), holding(1), holding(0)], strict), [
      { unit: 1, area: 'holding', address: 0, count: 4, members: [0, 2, 1] },
    ]);
  });

  it('covers every span in exactly one block and keeps to the limits, for any table', () => {
    const span = fc.record({
      unit: fc.constantFrom(1, 2),
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
          const isBits = block.area === 'coil' || block.area === 'discrete';
          ok(block.count <= (isBits ? Math.min(2000, limit.maxRegisters * 16) : limit.maxRegisters));
          for (const member of block.members) {
            const own = spans[member];
            ok(own !== undefined && own.area === block.area && own.unit === block.unit && own.address >= block.address);
            ok(own.address + own.count <= block.address + block.count);
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
