import { deepEqual, equal, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { decodeValue } from '../../../nodes/s7/src/protocol/decode.ts';
import { encodeValue } from '../../../nodes/s7/src/protocol/encode.ts';
import { FIXED_TYPES, type Scalar, sizeOf } from '../../../nodes/s7/src/protocol/s7-type.ts';

const plain = { scale: 1, offset: 0 };
const scalar = (type: string, length = 20): Scalar => {
  if (type === 'STRING' || type === 'WSTRING') return { type, length };
  const fixed = FIXED_TYPES.find((known) => known === type);
  if (fixed === undefined) throw new Error(type);
  return { type: fixed };
};
const all: Scalar[] = [...FIXED_TYPES.map((type) => ({ type })), scalar('STRING'), scalar('WSTRING')];

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
const decode = (type: string, hex: string, scaling = plain, bit = 0) =>
  decodeValue(viewOf(Buffer.from(hex.replaceAll(' ', ''), 'hex')), 0, bit, scalar(type), scaling);

describe('The bytes of an S7 value', () => {
  const values: [string, string, unknown][] = [
    ['BYTE', 'ff', 255],
    ['SINT', 'ff', -1],
    ['WORD', 'fffe', 65_534],
    ['INT', 'fffe', -2],
    ['DWORD', 'fffffffe', 4_294_967_294],
    ['DINT', 'fffffffe', -2],
    ['LWORD', 'ffffffffffffffff', 18_446_744_073_709_551_615n],
    ['LINT', 'ffdfffffffffffff', -9_007_199_254_740_993n],
    ['ULINT', '0020000000000001', 9_007_199_254_740_993n],
    ['REAL', '3fc00000', 1.5],
    ['LREAL', '3ff8000000000000', 1.5],
    ['CHAR', '41', 'A'],
    ['WCHAR', '20ac', '€'],
    ['STRING', `14 03 414243 ${'00'.repeat(17)}`, 'ABC'],
    ['WSTRING', `0014 0002 20ac 0041 ${'00'.repeat(36)}`, '€A'],
    ['S5TIME', '2150', 150_000],
    ['S5TIME', '0999', 9_990],
    ['TIME', 'ffffffff', -1],
    ['LTIME', '00000000000003e8', 1_000n],
    ['DATE', '0000', '1990-01-01'],
    ['DATE', '3408', '2026-06-21'],
    ['TOD', '05265bff', 86_399_999],
    ['DT', '26 11 21 08 30 15 12 37', '2026-11-21T08:30:15.123'],
    ['DT', '90 01 01 00 00 00 00 00', '1990-01-01T00:00:00.000'],
    ['DTL', '07ea 0b 15 07 08 1e 0f 075bcd15', '2026-11-21T08:30:15.123456789'],
    ['LDT', '0000000000000001', '1970-01-01T00:00:00.000000001'],
    ['COUNTER', '0123', 123],
    ['TIMER', '1150', 15_000],
  ];
  for (const [type, hex, value] of values) {
    it(`${hex.trim().slice(0, 30)} is as ${type} ${String(value)}`, () =>
      deepEqual(decode(type, hex), { ok: true, value }));
  }

  it('hold bits, the lowest first', () => {
    deepEqual(
      [0, 1, 7].map((bit) => decode('BOOL', '81', plain, bit)).map((read) => read.ok && read.value),
      [true, false, true],
    );
  });

  const none: [string, string, string][] = [
    ['REAL', '7fc00000', 'not-a-number'],
    ['REAL', '7f800000', 'not-a-number'],
    ['LREAL', 'fff0000000000000', 'not-a-number'],
    ['S5TIME', '01a0', 'invalid-bcd'],
    ['TIMER', '0f00', 'invalid-bcd'],
    ['COUNTER', '00a1', 'invalid-bcd'],
    ['COUNTER', '1000', 'invalid-bcd'],
    ['DATE', 'ffff', 'invalid-date'],
    ['TOD', '05265c00', 'invalid-date'],
    ['LTOD', '00004e94914f0000', 'invalid-date'],
    ['DT', '26 13 21 08 30 15 12 37', 'invalid-date'],
    ['DT', '26 02 30 08 30 15 12 37', 'invalid-date'],
    ['DT', '2a 11 21 08 30 15 12 37', 'invalid-bcd'],
    ['DTL', '07ea 02 1e 07 08 1e 0f 00000000', 'invalid-date'],
    ['DTL', '0000 00 00 00 00 00 00 00000000', 'invalid-date'],
    ['DTL', '07ea 0b 15 07 08 1e 0f 3b9aca00', 'invalid-date'],
    ['LDT', 'ffffffffffffffff', 'invalid-date'],
    ['STRING', `02 03 414243 ${'00'.repeat(17)}`, 'invalid-text'],
    ['STRING', `00 00 ${'00'.repeat(20)}`, 'invalid-text'],
    ['STRING', `fe 20 ${'41'.repeat(20)}`, 'too-short'],
    ['WSTRING', `0014 0001 d800 ${'00'.repeat(38)}`, 'invalid-text'],
    ['WCHAR', 'dc00', 'invalid-text'],
    ['LREAL', '3ff80000', 'too-short'],
  ];
  for (const [type, hex, code] of none) {
    it(`${hex.trim().slice(0, 30)} are no ${type}: ${code}`, () => deepEqual(decode(type, hex), { ok: false, code }));
  }

  it('are scaled where a value is a number', () => {
    deepEqual(decode('INT', '000a', { scale: 0.1, offset: 5 }), { ok: true, value: 6 });
    deepEqual(decode('LINT', '000000000000000a', { scale: 2, offset: 0 }), { ok: true, value: 20 });
    deepEqual(decode('LREAL', '7fe0000000000000', { scale: 1e10, offset: 0 }), { ok: false, code: 'not-a-number' });
  });

  it('of any content give a value of the right kind or a reason, never an exception', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...all),
        fc.uint8Array({ minLength: 0, maxLength: 60 }),
        fc.nat(8),
        (type, bytes, at) => {
          const read = decodeValue(viewOf(bytes), at, at % 8, type, plain);
          if (at + sizeOf(type) > bytes.length) return deepEqual(read, { ok: false, code: 'too-short' });
          if (read.ok) ok(typeof read.value !== 'number' || Number.isFinite(read.value));
        },
      ),
      { numRuns: 10_000 },
    );
  });

  it('that hold a good value are those that writing it makes', () => {
    let good = 0;
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.uint8Array({ minLength: 64, maxLength: 64 }), (type, bytes) => {
        const read = decodeValue(viewOf(bytes), 0, 0, type, plain);
        if (!read.ok) return;
        good += 1;
        const encoded = encodeValue(read.value, type, plain);
        ok(encoded.ok, `${type.type} ${String(read.value)}`);
        const again = Uint8Array.from(bytes);
        if (type.type !== 'BOOL') again.set(encoded.bytes, encoded.skip);
        deepEqual(decodeValue(viewOf(again), 0, 0, type, plain), read);
      }),
      { numRuns: 10_000 },
    );
    ok(good > 3_000, `${good} good values`);
  });
});

describe('A value that is to be written to an S7', () => {
  const hexOf = (type: string, value: unknown, scaling = plain): string => {
    const encoded = encodeValue(value, scalar(type), scaling);
    return encoded.ok ? `${encoded.skip}:${Buffer.from(encoded.bytes).toString('hex')}` : encoded.code;
  };
  const written: [string, unknown, string][] = [
    ['BOOL', true, '0:01'],
    ['INT', -2, '0:fffe'],
    ['LINT', -9_007_199_254_740_993n, '0:ffdfffffffffffff'],
    ['ULINT', '18446744073709551615', '0:ffffffffffffffff'],
    ['REAL', 1.5, '0:3fc00000'],
    ['STRING', 'ABC', '1:03414243'],
    ['WSTRING', '€', '2:000120ac'],
    ['S5TIME', 150_000, '0:2150'],
    ['COUNTER', 123, '0:0123'],
    ['DATE', '2026-06-21', '0:3408'],
    ['DT', '2026-11-21T08:30:15.123', '0:2611210830151237'],
    ['DTL', '2026-11-21T08:30:15.123456789', '0:07ea0b1507081e0f075bcd15'],
    ['LDT', '2262-04-11T23:47:16.854775807', '0:7fffffffffffffff'],
  ];
  for (const [type, value, hex] of written) {
    it(`${String(value)} is as ${type} ${hex}`, () => equal(hexOf(type, value), hex));
  }

  const refused: [string, unknown, string][] = [
    ['BOOL', 2, 'wrong-type'],
    ['BOOL', 'true', 'wrong-type'],
    ['INT', 32_768, 'out-of-range'],
    ['INT', 1.5, 'wrong-type'],
    ['INT', '5', 'wrong-type'],
    ['BYTE', -1, 'out-of-range'],
    ['UINT', Number.NaN, 'wrong-type'],
    ['LINT', 2 ** 60, 'wrong-type'],
    ['LINT', 9_223_372_036_854_775_808n, 'out-of-range'],
    ['REAL', 1e39, 'out-of-range'],
    ['REAL', Number.POSITIVE_INFINITY, 'out-of-range'],
    ['LREAL', Number.NaN, 'out-of-range'],
    ['STRING', 'x'.repeat(21), 'out-of-range'],
    ['STRING', '€', 'out-of-range'],
    ['WSTRING', '\ud800', 'out-of-range'],
    ['CHAR', 'AB', 'out-of-range'],
    ['CHAR', '', 'out-of-range'],
    ['S5TIME', 5, 'out-of-range'],
    ['S5TIME', 10_000_000, 'out-of-range'],
    ['COUNTER', 1_000, 'out-of-range'],
    ['TOD', 86_400_000, 'out-of-range'],
    ['DATE', '2026-02-30', 'wrong-type'],
    ['DATE', '1989-12-31', 'out-of-range'],
    ['DT', '2090-01-01', 'out-of-range'],
    ['DTL', 'yesterday', 'wrong-type'],
    ['LDT', '2262-04-11T23:47:16.854775808', 'out-of-range'],
    ['INT', null, 'wrong-type'],
    ['REAL', {}, 'wrong-type'],
  ];
  for (const [type, value, code] of refused) {
    it(`${String(value).slice(0, 20)} is refused as ${type}: ${code}`, () => equal(hexOf(type, value), code));
  }

  it('is scaled back to the nearest raw value', () => {
    equal(hexOf('INT', 6, { scale: 0.1, offset: 5 }), '0:000a');
    equal(hexOf('INT', 6.04, { scale: 0.1, offset: 5 }), '0:000a');
    equal(hexOf('INT', 4_000, { scale: 0.1, offset: 5 }), 'out-of-range');
  });

  it('is never written as another one, whatever it is', () => {
    const anything = fc.oneof(
      fc.double(),
      fc.integer(),
      fc.bigInt(),
      fc.string({ maxLength: 40 }),
      fc.boolean(),
      fc.constant(null),
    );
    fc.assert(
      fc.property(fc.constantFrom(...all), anything, (type, value) => {
        const encoded = encodeValue(value, type, plain);
        if (!encoded.ok) return ok(encoded.reason.length > 5);
        const bytes = new Uint8Array(sizeOf(type));
        if ('length' in type) viewOf(bytes)[type.type === 'STRING' ? 'setUint8' : 'setUint16'](0, type.length);
        bytes.set(encoded.bytes, encoded.skip);
        const read = decodeValue(viewOf(bytes), 0, 0, type, plain);
        ok(read.ok, type.type);
        if (typeof value === 'number' && type.type === 'REAL') equal(read.value, Math.fround(value));
        else if (typeof value === 'bigint') equal(BigInt(read.value), value);
        else if (typeof value === 'number' && typeof read.value === 'number')
          equal(read.value, value === 0 ? read.value : value);
      }),
      { numRuns: 10_000 },
    );
  });
});
