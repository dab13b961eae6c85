import { deepEqual, equal, notEqual } from 'node:assert/strict';
import fc from 'fast-check';
import {
  decodeEnum,
  decodeLeaves,
  decodeScalar,
  decodeWaveform,
  decodeWhole,
  mostLeaves,
} from '../../../nodes/opcua/src/protocol/decode.ts';
import type { RawType, RawValue } from '../../../nodes/opcua/src/protocol/raw-value.ts';
import { type EnumForm } from '../../../nodes/opcua/src/protocol/decode-structure.ts';
import { anyStructure, knownTypes } from './structure-types.ts';

const raw = (type: RawType, value: unknown, isArray = false): RawValue => ({ code: 0, type, isArray, value });
const plain = { scale: 1, offset: 0 };
const numbers = { enums: 'number' } as const;
const states = { name: 'State', names: new Map([[2, 'Running']]) };

describe('Decoding OPC UA values', () => {
  const scalars: Array<[RawType, unknown, unknown]> = [
    ['boolean', false, false],
    ['number', -1.5, -1.5],
    ['int64', [0, 5], 5n],
    ['int64', [0xffffffff, 0xffffffff], -1n],
    ['int64', [-1, -1], -1n],
    ['uint64', [0xffffffff, 0xffffffff], 18_446_744_073_709_551_615n],
    ['int64', [0x200000, 1], 9_007_199_254_740_993n],
    ['string', '', ''],
    ['date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['localized-text', { locale: 'de', text: 'Pumpe' }, 'Pumpe'],
  ];
  for (const [type, value, expected] of scalars) {
    it(`reads ${JSON.stringify(value)} of type ${type}`, () => {
      deepEqual(decodeScalar(raw(type, value), plain), { ok: true, value: expected });
    });
  }

  it('scales numbers and the points of a waveform', () => {
    deepEqual(decodeScalar(raw('number', 215), { scale: 0.1, offset: -1 }), { ok: true, value: 20.5 });
    deepEqual(decodeWaveform(raw('number', Float32Array.of(1, 2), true), { scale: 2, offset: 1 }), {
      ok: true,
      value: [3, 5],
    });
  });

  it('keeps a 64-bit integer exact until it is scaled', () => {
    deepEqual(decodeScalar(raw('int64', [0, 10]), { scale: 0.5, offset: 0 }), { ok: true, value: 5 });
  });

  const none: Array<[string, RawValue, string]> = [
    ['nothing', raw('null', null), 'no-value'],
    ['a null string', raw('string', null), 'no-value'],
    ['NaN', raw('number', Number.NaN), 'not-a-number'],
    ['infinity', raw('number', Number.POSITIVE_INFINITY), 'not-a-number'],
    ['an invalid date', raw('date', new Date(Number.NaN)), 'no-value'],
    ['the zero of OPC UA, which is no time', raw('date', new Date('1601-01-01T00:00:00Z')), 'no-value'],
    ['diagnostics', raw('other', {}), 'unsupported-type'],
  ];
  for (const [what, value, code] of none) {
    it(`takes ${what} for no value`, () => {
      deepEqual(decodeScalar(value, plain), { ok: false, code });
    });
  }

  it('takes no waveform with a gap, without points or of texts', () => {
    const codeOf = (value: RawValue): unknown => {
      const decoded = decodeWaveform(value, plain);
      return decoded.ok || decoded.code;
    };
    equal(codeOf(raw('number', [1, Number.NaN], true)), 'not-a-number');
    equal(codeOf(raw('number', [], true)), 'no-value');
    equal(codeOf(raw('string', ['a'], true)), 'unsupported-type');
    equal(codeOf({ ...raw('number', [1, 2, 3, 4], true), dimensions: [2, 2] }), 'unsupported-type');
    equal(codeOf({ ...raw('number', [1, 2], true), dimensions: [1, 2] }), true);
  });

  it('names the number of an enumeration, also one that has no name', () => {
    const shape = { enums: 'name', names: states } as const;
    deepEqual(decodeEnum(raw('number', 2), shape), { ok: true, value: 'Running' });
    deepEqual(decodeEnum(raw('number', 7), shape), { ok: true, value: '7' });
    deepEqual(decodeEnum(raw('number', 2), { enums: 'name' }), { ok: true, value: 2 });
    deepEqual(decodeWhole(raw('number', 2), plain, { enums: 'both', names: states }), {
      ok: true,
      value: { value: 2, name: 'Running' },
      isWhole: true,
    });
  });

  it('gives each element of an array and a matrix a name of its own', () => {
    const leaves = (value: RawValue): unknown => {
      const decoded = decodeLeaves(value, { scale: 2, offset: 0 }, numbers);
      return decoded.ok
        ? decoded.leaves.map(({ path, decoded: leaf }) => [path.join('.'), leaf.ok ? leaf.value : leaf.code])
        : decoded.code;
    };
    deepEqual(leaves(raw('number', [1, Number.NaN], true)), [
      ['0', 2],
      ['1', 'not-a-number'],
    ]);
    deepEqual(leaves({ ...raw('string', ['a', 'b', 'c', 'd'], true), dimensions: [2, 2] }), [
      ['0.0', 'a'],
      ['0.1', 'b'],
      ['1.0', 'c'],
      ['1.1', 'd'],
    ]);
    equal(leaves({ ...raw('number', [1, 2, 3], true), dimensions: [2, 2] }), 'garbled');
    equal(leaves(raw('number', [], true)), 'no-value');
    equal(leaves(raw('number', Array(mostLeaves + 1).fill(1), true)), 'too-many-fields');
  });

  it('gives an array as a whole, and says when a number in it is none', () => {
    deepEqual(
      decodeWhole(
        {
          ...raw(
            'int64',
            [
              [0, 1],
              [0, 2],
            ],
            true,
          ),
          dimensions: [1, 2],
        },
        plain,
        numbers,
      ),
      {
        ok: true,
        value: [[1n, 2n]],
        isWhole: true,
      },
    );
    deepEqual(decodeWhole(raw('number', [1, Number.NaN], true), plain, numbers), {
      ok: true,
      value: [1, null],
      isWhole: false,
    });
  });

  it('never throws and never gives a number that is not finite, whatever a server sends', () => {
    const types: RawType[] = [
      'null',
      'boolean',
      'number',
      'int64',
      'uint64',
      'string',
      'date',
      'localized-text',
      'structure',
      'plain',
      'other',
    ];
    const finiteOnly = (value: unknown): void => {
      if (typeof value === 'number') equal(Number.isFinite(value), true);
      if (Array.isArray(value)) for (const element of value) finiteOnly(element);
      else if (typeof value === 'object' && value !== null) for (const field of Object.values(value)) finiteOnly(field);
    };
    const body = fc.oneof(fc.anything(), anyStructure, fc.array(anyStructure, { maxLength: 3 }));
    const sizes = fc.option(fc.array(fc.integer({ min: -1, max: 3 }), { maxLength: 3 }), { nil: undefined });
    const forms = fc.constantFrom<EnumForm>('number', 'name', 'both');
    fc.assert(
      fc.property(
        fc.constantFrom(...types),
        body,
        fc.boolean(),
        fc.double(),
        sizes,
        forms,
        (type, value, isArray, scale, dimensions, enums) => {
          const given: RawValue = { ...raw(type, value, isArray), types: knownTypes };
          if (dimensions !== undefined) given.dimensions = dimensions;
          const scaling = { scale, offset: 0 };
          const shape = { enums, names: states };
          const single = [decodeScalar(given, scaling), decodeWaveform(given, scaling), decodeEnum(given, shape)];
          const leaves = decodeLeaves(given, scaling, shape);
          if (leaves.ok) single.push(...leaves.leaves.map(({ decoded }) => decoded));
          for (const decoded of single) {
            if (!decoded.ok) continue;
            notEqual(decoded.value, null);
            finiteOnly(decoded.value);
          }
          const whole = decodeWhole(given, scaling, shape);
          if (whole.ok) finiteOnly(whole.value);
        },
      ),
      { numRuns: 10_000 },
    );
  });
});
