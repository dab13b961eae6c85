import { deepEqual, equal, ok } from 'node:assert/strict';
import fc from 'fast-check';
import type { BuiltInType } from '../../../nodes/opcua/src/protocol/built-in-type.ts';
import { decodeStructure } from '../../../nodes/opcua/src/protocol/decode-structure.ts';
import { encodeStructure } from '../../../nodes/opcua/src/protocol/encode-structure.ts';
import { encodeValue } from '../../../nodes/opcua/src/protocol/encode.ts';
import type { FieldType } from '../../../nodes/opcua/src/protocol/structure-type.ts';
import { anyStructure, choice, everything, knownTypes, machine, order, state } from './structure-types.ts';

const one = (type: BuiltInType, valueRank = -1) => ({
  type: { kind: 'built-in', type } satisfies FieldType,
  valueRank,
});
const encode = (value: unknown, type: BuiltInType, valueRank = -1, scaling = { scale: 1, offset: 0 }): unknown => {
  const encoded = encodeValue(value, one(type, valueRank), knownTypes, scaling);
  return encoded.ok ? encoded.value.value : encoded.code;
};

describe('Encoding OPC UA values', () => {
  const good: Array<[unknown, BuiltInType, unknown]> = [
    [32_767, 'Int16', 32_767],
    ['18446744073709551615', 'UInt64', 18_446_744_073_709_551_615n],
    [9_007_199_254_740_993n, 'Int64', 9_007_199_254_740_993n],
    [7n, 'Byte', 7],
    [1.5, 'Float', 1.5],
    [false, 'Boolean', false],
    ['', 'String', ''],
    [null, 'String', null],
    [0, 'DateTime', new Date(0)],
    ['2026-01-02T03:04:05Z', 'DateTime', new Date('2026-01-02T03:04:05Z')],
    ['AQI=', 'ByteString', Uint8Array.of(1, 2)],
    ['Pumpe', 'LocalizedText', { text: 'Pumpe' }],
    ['ns=2;s=x', 'NodeId', 'ns=2;s=x'],
  ];
  for (const [value, type, expected] of good) {
    it(`takes ${typeof value} ${String(value)} for ${type}`, () => deepEqual(encode(value, type), expected));
  }

  const bad: Array<[unknown, BuiltInType, string]> = [
    [32_768, 'Int16', 'out-of-range'],
    [-1, 'UInt32', 'out-of-range'],
    [1n << 63n, 'Int64', 'out-of-range'],
    [1.5, 'Int32', 'wrong-type'],
    ['x', 'Int32', 'wrong-type'],
    [Number.NaN, 'Double', 'wrong-type'],
    [1e39, 'Float', 'out-of-range'],
    [1, 'Boolean', 'wrong-type'],
    [1, 'String', 'wrong-type'],
    ['yesterday', 'DateTime', 'wrong-type'],
    ['%', 'ByteString', 'wrong-type'],
    ['x', 'Guid', 'wrong-type'],
    ['x', 'NodeId', 'wrong-type'],
    [{}, 'DataValue', 'wrong-type'],
  ];
  for (const [value, type, code] of bad) {
    it(`refuses ${typeof value} ${String(value)} for ${type}`, () => equal(encode(value, type), code));
  }

  it('gives the raw value of a scaled one, and rounds away only what the calculation added', () => {
    equal(encode(21.5, 'Int16', -1, { scale: 0.1, offset: 0 }), 215);
    equal(encode(21.55, 'Int16', -1, { scale: 0.1, offset: 0 }), 'wrong-type');
    equal(encode(5, 'Double', -1, { scale: 2, offset: 1 }), 2);
  });

  it('takes arrays and matrices where the server has some', () => {
    deepEqual(encode([1, 2], 'Int16', 1), [1, 2]);
    equal(encode(1, 'Int16', 1), 'wrong-type');
    equal(encode([1], 'Int16'), 'wrong-type');
    equal(encode([1, 99_999], 'Int16', 1), 'out-of-range');
    deepEqual(encode(1, 'Int16', -2), 1);
    deepEqual(encode([1], 'Int16', -3), [1]);
    equal(encode([[1]], 'Int16', -3), 'wrong-type');
    const matrix = encodeValue(
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      one('Int16', 2),
      knownTypes,
    );
    deepEqual(matrix.ok && matrix.value, {
      type: 'Int16',
      isArray: true,
      dimensions: [2, 3],
      value: [1, 2, 3, 4, 5, 6],
    });
    equal(encode([[1, 2], [3]], 'Int16', 2), 'wrong-type');
  });

  it('takes an enumeration by its number or its name', () => {
    const states = { type: state.type, valueRank: -1 };
    const encoded = (value: unknown): unknown => {
      const result = encodeValue(value, states, knownTypes);
      return result.ok ? result.value.value : result.reason;
    };
    equal(encoded('Running'), 2);
    equal(encoded(2), 2);
    equal(encoded({ value: 2, name: 'Running' }), 2);
    equal(encoded(3), '3 is none of 2 Running');
    equal(encoded('Stopped'), '"Stopped" is none of Running');
  });

  it('finds a type for a value that may have any', () => {
    const typeOf = (value: unknown): unknown => {
      const encoded = encodeValue(value, one('Variant', -2), knownTypes);
      return encoded.ok && encoded.value.type;
    };
    deepEqual([1, 1n, 'x', true, [1]].map(typeOf), ['Double', 'Int64', 'String', 'Boolean', 'Double']);
  });

  const whole = {
    Name: 'Filler',
    State: 'Running',
    At: { X: 1.5, Y: 9_007_199_254_740_993n },
    Counts: [7, 65_535],
    Grid: [[0.5], [2]],
    Path: [],
  };

  it('gives a structure back as it was', () => {
    const encoded = encodeStructure(whole, machine, knownTypes);
    ok(encoded.ok);
    deepEqual(decodeStructure(encoded.value, knownTypes, 'name'), { ok: true, value: whole });
    for (const value of [{ Text: 'x' }, { Number: -1 }]) {
      const union = encodeStructure(value, choice, knownTypes);
      deepEqual(union.ok && decodeStructure(union.value, knownTypes, 'number'), { ok: true, value });
    }
    for (const more of [{}, { Note: 'rush' }, { Due: '2026-01-02T03:04:05.006Z' }]) {
      const value = { Id: '00112233-4455-6677-8899-aabbccddeeff', ...more };
      const optional = encodeStructure(value, order, knownTypes);
      deepEqual(optional.ok && decodeStructure(optional.value, knownTypes, 'number'), { ok: true, value });
    }
  });

  it('names the field that is wrong', () => {
    const reasonOf = (value: unknown): unknown => {
      const encoded = encodeStructure(value, machine, knownTypes);
      return encoded.ok || encoded.reason;
    };
    equal(reasonOf({ ...whole, At: { X: 1, Y: 1.5 } }), 'At.Y: 1.5 is no whole number, as Int64 is');
    equal(reasonOf({ ...whole, Counts: [1, 70_000] }), 'Counts[1]: 70000 is outside of UInt16, 0 to 65535');
    equal(reasonOf({ ...whole, Speed: 1 }), 'Speed: there is no such field');
    equal(reasonOf({ ...whole, Name: undefined }), 'Name: the field is missing');
    equal(reasonOf({ ...whole, Grid: [1] }), 'Grid: an array of 1 is no array of 2 dimensions');
    equal(reasonOf('x'), '"x" is no object');
    const both = encodeStructure({ Number: 1, Text: 'x' }, choice, knownTypes);
    equal(both.ok || both.reason, 'a union has one field');
  });

  it('never throws, whatever is to be written', () => {
    const types: BuiltInType[] = ['Int64', 'Float', 'DateTime', 'LocalizedText', 'ByteString', 'Variant', 'NodeId'];
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true }),
        fc.constantFrom(...types),
        fc.integer({ min: -3, max: 3 }),
        (value, type, rank) => {
          encodeValue(value, one(type, rank), knownTypes);
          encodeStructure(value, everything, knownTypes);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('gives back what it has read, as far as it can be written', () => {
    let written = 0;
    fc.assert(
      fc.property(anyStructure, (given) => {
        const type = knownTypes.byEncoding(given.encodingId);
        const read = decodeStructure(given, knownTypes, 'number');
        if (type === undefined || !read.ok || read.value === null) return;
        const encoded = encodeStructure(read.value, type, knownTypes);
        if (!encoded.ok) return;
        written += 1;
        deepEqual(decodeStructure(encoded.value, knownTypes, 'number'), read);
      }),
      { numRuns: 5_000 },
    );
    ok(written > 20, `only ${written} cases could be written`);
  });
});
