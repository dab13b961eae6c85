import { deepEqual, equal } from 'node:assert/strict';
import { decodeRegisters, type Encoding } from '../../../nodes/modbus/src/protocol/decode.ts';
import { BYTE_ORDERS, type ByteOrder, REGISTER_TYPES } from '../../../nodes/modbus/src/protocol/register-type.ts';
import fc from 'fast-check';

const plain: Encoding = { type: 'uint16', order: 'ABCD', scale: 1, offset: 0 };

describe('Decoding Modbus registers', () => {
  const orders: Array<[ByteOrder, number[]]> = [
    ['ABCD', [0x1234, 0x5678]],
    ['CDAB', [0x5678, 0x1234]],
    ['BADC', [0x3412, 0x7856]],
    ['DCBA', [0x7856, 0x3412]],
  ];
  for (const [order, words] of orders) {
    it(`finds 0x12345678 in the order ${order}`, () => {
      deepEqual(decodeRegisters(words, { ...plain, type: 'uint32', order }), { ok: true, value: 0x12345678 });
    });
  }

  const values: Array<[Encoding['type'], number[], number | bigint | boolean]> = [
    ['bool', [0], false],
    ['bool', [2], true],
    ['int16', [0xffff], -1],
    ['uint16', [0xffff], 65_535],
    ['int32', [0xffff, 0xfffe], -2],
    ['uint32', [0xffff, 0xfffe], 4_294_967_294],
    ['int64', [0xffff, 0xffff, 0xffff, 0xfffd], -3n],
    ['uint64', [0xffff, 0xffff, 0xffff, 0xfffd], 18_446_744_073_709_551_613n],
    ['float32', [0x3fc0, 0], 1.5],
    ['float64', [0x3ff8, 0, 0, 0], 1.5],
  ];
  for (const [type, words, value] of values) {
    it(`reads ${String(value)} as ${type}`, () => {
      deepEqual(decodeRegisters(words, { ...plain, type }), { ok: true, value });
    });
  }

  it('exchanges the bytes of a single register when the order says so', () => {
    deepEqual(decodeRegisters([0x1234], { ...plain, order: 'BADC' }), { ok: true, value: 0x3412 });
    deepEqual(decodeRegisters([0x1234], { ...plain, order: 'CDAB' }), { ok: true, value: 0x1234 });
  });

  it('scales into engineering units', () => {
    deepEqual(decodeRegisters([215], { ...plain, scale: 0.1, offset: -1 }), { ok: true, value: 20.5 });
  });

  it('keeps a 64-bit integer exact until it is scaled', () => {
    const words = [0x0020, 0, 0, 1];
    deepEqual(decodeRegisters(words, { ...plain, type: 'int64' }), { ok: true, value: 9_007_199_254_740_993n });
    deepEqual(decodeRegisters(words, { ...plain, type: 'int64', scale: 0.5 }), {
      ok: true,
      value: 4_503_599_627_370_496,
    });
  });

  it('keeps the sign of a zero that is neither scaled nor shifted', () => {
    deepEqual(decodeRegisters([0x8000, 0, 0, 0], { ...plain, type: 'float64' }), { ok: true, value: -0 });
  });

  it('takes a float that is not a number for no value', () => {
    deepEqual(decodeRegisters([0x7fc0, 0], { ...plain, type: 'float32' }), { ok: false, code: 'not-a-number' });
    deepEqual(decodeRegisters([0x7f80, 0], { ...plain, type: 'float32' }), { ok: false, code: 'not-a-number' });
  });

  it('never throws and never gives a number that is not finite, whatever the registers hold', () => {
    const encoding = fc.record({
      type: fc.constantFrom(...REGISTER_TYPES),
      order: fc.constantFrom(...BYTE_ORDERS),
      scale: fc.double({ noNaN: true, noDefaultInfinity: true }),
      offset: fc.double({ noNaN: true, noDefaultInfinity: true }),
    });
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff), { maxLength: 5 }), encoding, (words, how) => {
        const decoded = decodeRegisters(words, how);
        if (decoded.ok && typeof decoded.value === 'number') equal(Number.isFinite(decoded.value), true);
      }),
      { numRuns: 10_000 },
    );
  });
});
