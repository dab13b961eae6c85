import { deepEqual, equal, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { decodeStructure } from '../../../nodes/opcua/src/protocol/decode-structure.ts';
import type { StructureType } from '../../../nodes/opcua/src/protocol/structure-type.ts';
import { anyStructure, choice, knownTypes, machine, manyEmpty, nest, order, point, tree } from './structure-types.ts';

const text = (value: string): number[] => [...int32(value.length), ...Buffer.from(value)];
const int32 = (value: number): number[] => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return [...bytes];
};
const double = (value: number): number[] => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return [...bytes];
};
const int64 = (value: bigint): number[] => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return [...bytes];
};
const float = (value: number): number[] => {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return [...bytes];
};
const read = (type: StructureType, bytes: readonly number[], form: 'number' | 'name' | 'both' = 'number') =>
  decodeStructure({ encodingId: type.encodingId, bytes: Uint8Array.from(bytes) }, knownTypes, form);

const machineBytes = [
  ...text('Filler'),
  ...int32(2),
  ...double(1.5),
  ...int64(9_007_199_254_740_993n),
  ...int32(2),
  ...[7, 0, 255, 255],
  ...int32(2),
  ...int32(2),
  ...int32(1),
  ...float(0.5),
  ...float(2),
  ...int32(1),
  ...double(3),
  ...int64(-1n),
];

describe('Decoding OPC UA structures', () => {
  it('reads nested structures, enumerations, arrays and matrices', () => {
    deepEqual(read(machine, machineBytes, 'both'), {
      ok: true,
      value: {
        Name: 'Filler',
        State: { value: 2, name: 'Running' },
        At: { X: 1.5, Y: 9_007_199_254_740_993n },
        Counts: [7, 65_535],
        Grid: [[0.5], [2]],
        Path: [{ X: 3, Y: -1n }],
      },
    });
  });

  it('reads the fields that are there of a structure with optional ones', () => {
    const id = [0x33, 0x22, 0x11, 0, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 1, 2, 3, 4, 5, 6];
    deepEqual(read(order, [...int32(0b10), ...id, ...text('rush')]), {
      ok: true,
      value: { Id: '00112233-4455-6677-8899-010203040506', Note: 'rush' },
    });
    deepEqual(read(order, [...int32(0b01), ...id, ...int64(116_444_736_000_010_000n)]), {
      ok: true,
      value: { Id: '00112233-4455-6677-8899-010203040506', Due: '1970-01-01T00:00:00.001Z' },
    });
  });

  it('reads the one field of a union, or none', () => {
    deepEqual(read(choice, [...int32(2), ...text('x')]), { ok: true, value: { Text: 'x' } });
    deepEqual(read(choice, int32(0)), { ok: true, value: null });
    deepEqual(read(choice, int32(3)), { ok: false, code: 'garbled' });
  });

  it('reads a structure that stands in a variant of another', () => {
    const inner = [...double(1), ...int64(2n)];
    const variant = [0x16, 1, 1, ...[0xe9, 0x03], 1, ...int32(inner.length), ...inner];
    const wrapped: StructureType = {
      name: 'W',
      dataTypeId: 'ns=1;i=50',
      encodingId: 'ns=1;i=1050',
      kind: 'plain',
      fields: [{ name: 'Any', type: { kind: 'built-in', type: 'Variant' }, dimensions: 0, isOptional: false }],
    };
    const lookup = {
      byEncoding: (id: string) => (id === wrapped.encodingId ? wrapped : knownTypes.byEncoding(id)),
      byDataType: knownTypes.byDataType,
    };
    const encoded = { encodingId: wrapped.encodingId, bytes: Uint8Array.from(variant) };
    deepEqual(decodeStructure(encoded, lookup, 'number'), { ok: true, value: { Any: { X: 1, Y: 2n } } });
    deepEqual(
      decodeStructure(
        encoded,
        { ...lookup, byEncoding: (id) => (id === wrapped.encodingId ? wrapped : undefined) },
        'number',
      ),
      {
        ok: false,
        code: 'unknown-type',
        typeId: point.encodingId,
      },
    );
  });

  it('is not fooled by a field with the name of a prototype', () => {
    const trick: StructureType = { ...point, fields: point.fields.map((field) => ({ ...field, name: '__proto__' })) };
    const lookup = { byEncoding: () => trick, byDataType: () => trick };
    const decoded = decodeStructure(
      { encodingId: 'x', bytes: Uint8Array.from([...double(1), ...int64(1n)]) },
      lookup,
      'number',
    );
    ok(decoded.ok && Object.getPrototypeOf(decoded.value) === Object.prototype);
  });

  it('takes bytes that are too few or too many for none of its own', () => {
    for (let length = 0; length < machineBytes.length; length += 1) {
      deepEqual(read(machine, machineBytes.slice(0, length)), { ok: false, code: 'garbled' }, `${length} bytes`);
    }
    deepEqual(read(machine, [...machineBytes, 0]), { ok: false, code: 'garbled' });
  });

  it('follows a structure of itself only so deep', () => {
    const level = [0, ...int32(1)];
    const bytes = Array.from({ length: 500 }, () => level).flat();
    deepEqual(read(tree, [...bytes, 0, ...int32(-1)]), { ok: false, code: 'garbled' });
    equal(read(tree, [...level, ...level, 0, ...int32(-1)]).ok, true);
    const nests = (count: number): number[] => [...Array.from({ length: count }, () => int32(1)).flat(), ...int32(0)];
    deepEqual(read(nest, nests(500)), { ok: false, code: 'garbled' });
    equal(read(nest, nests(2)).ok, true);
  });

  it('does not count elements without a byte of their own again and again', () => {
    const lists = Array.from({ length: 20_000 }, () => int32(70_000)).flat();
    deepEqual(read(manyEmpty, [...int32(20_000), ...lists]), { ok: false, code: 'garbled' });
  });

  it('never throws, whatever bytes a server sends', () => {
    let good = 0;
    fc.assert(
      fc.property(anyStructure, fc.constantFrom('number', 'name', 'both'), (encoded, form) => {
        if (decodeStructure(encoded, knownTypes, form).ok) good += 1;
      }),
      { numRuns: 10_000 },
    );
    ok(good > 50, `only ${good} cases were structures`);
  });
});
