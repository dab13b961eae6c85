import { deepEqual, equal, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { decodeRegisters, type Encoding } from '../../../nodes/modbus/src/protocol/decode.ts';
import { encodeRegisters } from '../../../nodes/modbus/src/protocol/encode.ts';
import { float16Bits, float16Of } from '../../../nodes/modbus/src/protocol/float16.ts';
import { BYTE_ORDERS, type RegisterType } from '../../../nodes/modbus/src/protocol/register-type.ts';

const plain: Encoding = { type: 'uint16', order: 'ABCD', scale: 1, offset: 0 };

const valuesOf: Record<RegisterType, fc.Arbitrary<number | bigint | boolean | string>> = {
  bool: fc.boolean(),
  int8: fc.integer({ min: -128, max: 127 }),
  uint8: fc.integer({ min: 0, max: 255 }),
  int16: fc.integer({ min: -32_768, max: 32_767 }),
  uint16: fc.integer({ min: 0, max: 65_535 }),
  int32: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  uint32: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  uint64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  float16: fc.integer({ min: 0, max: 0xffff }).map(float16Of).filter(Number.isFinite),
  float32: fc.float({ noNaN: true, noDefaultInfinity: true }),
  float64: fc.double({ noNaN: true, noDefaultInfinity: true }),
  bcd16: fc.integer({ min: 0, max: 9_999 }),
  bcd32: fc.integer({ min: 0, max: 99_999_999 }),
  utf8: fc
    .string({ unit: 'grapheme', maxLength: 8 })
    .filter((text) => !text.includes('\0') && !/[\ud800-\udfff]/.test(text)),
  latin1: fc.string({ unit: 'binary-ascii', maxLength: 20 }).filter((text) => !text.includes('\0')),
};

const cases = fc.constantFrom(...Object.entries(valuesOf)).chain(([name, values]) =>
  fc.record({
    value: values,
    encoding: fc.record({
      type: fc.constant(Object.keys(valuesOf).find((type): type is RegisterType => type === name) ?? 'uint16'),
      order: fc.constantFrom(...BYTE_ORDERS),
      scale: fc.constant(1),
      offset: fc.constant(0),
      half: fc.constantFrom<'high' | 'low'>('high', 'low'),
      bit: fc.integer({ min: 0, max: 15 }),
      textBytes: fc.integer({ min: 60, max: 63 }),
    }),
  }),
);

describe('Encoding Modbus registers', () => {
  it('gives what decoding turns back into the value, whatever type and order', () => {
    fc.assert(
      fc.property(cases, ({ value, encoding }) => {
        const encoded = encodeRegisters(value, encoding);
        ok(encoded.ok, JSON.stringify(encoded));
        deepEqual(decodeRegisters(encoded.words, encoding), { ok: true, value });
      }),
      { numRuns: 2_000 },
    );
  });

  it('touches only the bits of the value where that is a part of a register', () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 0, max: 0xffff }), ({ value, encoding }, before) => {
        const encoded = encodeRegisters(value, encoding);
        if (!encoded.ok || encoded.mask === undefined) return;
        const [word = 0] = encoded.words;
        equal(word & ~encoded.mask, 0);
        const after = (before & ~encoded.mask) | word;
        deepEqual(decodeRegisters([after], encoding), { ok: true, value });
      }),
    );
  });

  it('never throws, and refuses what it does not write', () => {
    fc.assert(
      fc.property(fc.anything(), cases, (value, { encoding }) => {
        const encoded = encodeRegisters(value, encoding);
        if (encoded.ok) ok(decodeRegisters(encoded.words, encoding).ok);
        else ok(encoded.reason.length > 0);
      }),
      { numRuns: 2_000 },
    );
  });

  const refused: Array<[unknown, Partial<Encoding>, RegExp]> = [
    [65_536, {}, /beyond what a uint16 holds/],
    [-1, {}, /beyond/],
    [1.5, {}, /not a whole number/],
    ['12', {}, /needs a number/],
    [null, {}, /needs a number, not null/],
    [Number.NaN, { type: 'float32' }, /NaN cannot be written/],
    [1e39, { type: 'float32' }, /beyond what a float32 holds/],
    [70_000, { type: 'float16' }, /beyond/],
    [10_000, { type: 'bcd16' }, /beyond/],
    [2n ** 64n, { type: 'uint64' }, /beyond/],
    [2, { type: 'bool' }, /needs true or false/],
    ['ä€', { type: 'latin1', textBytes: 9 }, /letters that latin1 has not/],
    ['12345', { type: 'utf8', textBytes: 4 }, /takes 5 bytes, there are 4/],
  ];
  for (const [value, encoding, problem] of refused) {
    it(`refuses ${String(value)} as ${encoding.type ?? 'uint16'}`, () => {
      const encoded = encodeRegisters(value, { ...plain, ...encoding });
      ok(!encoded.ok && problem.test(encoded.reason), JSON.stringify(encoded));
    });
  }

  it('goes to the nearest step of a scaled register', () => {
    deepEqual(encodeRegisters(21.5, { ...plain, scale: 0.1 }), { ok: true, words: [215] });
    deepEqual(encodeRegisters(21.46, { ...plain, scale: 0.1, offset: -10 }), { ok: true, words: [315] });
  });

  it('knows every half-precision number', () => {
    for (let bits = 0; bits <= 0xffff; bits += 1) {
      const value = float16Of(bits);
      if (Number.isNaN(value)) continue;
      equal(float16Bits(value), bits);
    }
    equal(float16Of(0x3555), 0.333251953125);
  });
});

describe('Decoding more Modbus types', () => {
  it('finds text up to its first NUL, bytes exchanged or not', () => {
    const text: Encoding = { ...plain, type: 'utf8', textBytes: 5 };
    deepEqual(decodeRegisters([0x5075, 0x6d70, 0x3100], text), { ok: true, value: 'Pump1' });
    deepEqual(decodeRegisters([0x7550, 0x706d, 0x0031], { ...text, order: 'BADC' }), { ok: true, value: 'Pump1' });
    deepEqual(decodeRegisters([0x4100, 0x4242, 0x4242], text), { ok: true, value: 'A' });
    deepEqual(decodeRegisters([0xff41, 0, 0], text), { ok: false, code: 'not-text' });
    deepEqual(decodeRegisters([0xe441, 0, 0], { ...text, type: 'latin1' }), { ok: true, value: 'äA' });
  });

  it('refuses a decimal digit that is none', () => {
    deepEqual(decodeRegisters([0x1234], { ...plain, type: 'bcd16' }), { ok: true, value: 1234 });
    deepEqual(decodeRegisters([0x12a4], { ...plain, type: 'bcd16' }), { ok: false, code: 'not-bcd' });
  });

  it('finds a bit and a byte of a register', () => {
    deepEqual(decodeRegisters([0x8000], { ...plain, type: 'bool', bit: 15 }), { ok: true, value: true });
    for (const [half, value] of [
      ['high', 0xfe],
      ['low', 0x7f],
    ] as const) {
      deepEqual(decodeRegisters([0xfe7f], { ...plain, type: 'uint8', half }), { ok: true, value });
    }
    // Of a register that is said to be a byte, that is the lower one.
    deepEqual(decodeRegisters([0xfe7f], { ...plain, type: 'uint8' }), { ok: true, value: 0x7f });
    deepEqual(decodeRegisters([0x7ffe], { ...plain, type: 'int8' }), { ok: true, value: -2 });
    deepEqual(decodeRegisters([0x7fff], { ...plain, type: 'bool', bit: 15 }), { ok: true, value: false });
    deepEqual(decodeRegisters([0xfe01], { ...plain, type: 'int8', half: 'high' }), { ok: true, value: -2 });
    deepEqual(decodeRegisters([0xfe01], { ...plain, type: 'int8' }), { ok: true, value: 1 });
  });
});
