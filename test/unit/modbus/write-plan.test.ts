import { deepEqual, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { planWrites, type WriteItem } from '../../../nodes/modbus/src/protocol/write-plan.ts';

const limits = { maxRegisters: 123, isAlwaysMany: false, isReadAlong: false };
const words = (address: number, ...values: number[]): WriteItem => ({
  unit: 1,
  area: 'holding',
  address,
  words: values,
});
const coil = (address: number, isOn: boolean): WriteItem => ({ unit: 1, area: 'coil', address, isOn });
const requests = (items: readonly WriteItem[], over: object = {}) =>
  planWrites(items, { ...limits, ...over }).map(({ request, members }) => ({ ...request, members }));

describe('Planning Modbus writes', () => {
  it('writes what follows each other in one request, and everything in its order', () => {
    deepEqual(requests([words(10, 1, 2), words(12, 3), coil(0, true), coil(1, false), words(9, 7)]), [
      { kind: 'write-registers', address: 10, words: [1, 2, 3], many: false, members: [0, 1] },
      { kind: 'write-coils', address: 0, values: [true, false], many: false, members: [2, 3] },
      { kind: 'write-registers', address: 9, words: [7], many: false, members: [4] },
    ]);
  });

  it('writes bits of a register by a mask, apart from all others', () => {
    const bit: WriteItem = { unit: 1, area: 'holding', address: 1, words: [8], mask: 8 };
    deepEqual(
      requests([words(0, 1), bit, words(2, 5)]).map(({ kind, members }) => [kind, members]),
      [
        ['write-registers', [0]],
        ['mask-register', [1]],
        ['write-registers', [2]],
      ],
    );
  });

  it('reads along what it writes where that was asked for', () => {
    deepEqual(requests([words(4, 1, 2)], { isReadAlong: true }), [
      { kind: 'write-and-read', address: 4, words: [1, 2], readAddress: 4, readCount: 2, members: [0] },
    ]);
  });

  it('writes every value once, in order, and nothing else, for any batch', () => {
    const item = fc.oneof(
      fc
        .record({ unit: fc.constantFrom(1, 2), address: fc.nat(40), isOn: fc.boolean() })
        .map((value): WriteItem => ({ ...value, area: 'coil' })),
      fc
        .record({
          unit: fc.constantFrom(1, 2),
          address: fc.nat(40),
          words: fc.array(fc.nat(65_535), { minLength: 1, maxLength: 4 }),
        })
        .map((value): WriteItem => ({ ...value, area: 'holding' })),
    );
    fc.assert(
      fc.property(fc.array(item, { maxLength: 40 }), fc.integer({ min: 4, max: 20 }), (items, maxRegisters) => {
        const steps = planWrites(items, { ...limits, maxRegisters });
        deepEqual(
          steps.flatMap(({ members }) => members),
          items.map((_, index) => index),
        );
        for (const { unit, request, members } of steps) {
          ok(request.kind !== 'write-registers' || request.words.length <= maxRegisters);
          let at = request.kind === 'write-registers' || request.kind === 'write-coils' ? request.address : -1;
          for (const member of members) {
            const own = items[member];
            ok(own !== undefined && own.unit === unit && own.address === at);
            at += own.area === 'holding' ? own.words.length : 1;
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
