import { deepEqual, equal, notEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { decodeValue } from '../../../nodes/opcua/src/protocol/decode.ts';
import type { RawType, RawValue } from '../../../nodes/opcua/src/protocol/raw-value.ts';

const raw = (type: RawType, value: unknown, isArray = false): RawValue => ({ code: 0, type, isArray, value });
const plain = { scale: 1 };

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
      deepEqual(decodeValue(raw(type, value), plain), { ok: true, value: expected });
    });
  }

  it('scales numbers and the points of a waveform', () => {
    deepEqual(decodeValue(raw('number', 215), { scale: 0.1 }), { ok: true, value: 21.5 });
    deepEqual(decodeValue(raw('number', Float32Array.of(1, 2), true), { scale: 2, stepUs: 50 }), {
      ok: true,
      value: [2, 4],
    });
  });

  it('keeps a 64-bit integer exact until it is scaled', () => {
    deepEqual(decodeValue(raw('int64', [0, 10]), { scale: 0.5 }), { ok: true, value: 5 });
  });

  const none: Array<[string, RawValue, string]> = [
    ['nothing', raw('null', null), 'no-value'],
    ['a null string', raw('string', null), 'no-value'],
    ['NaN', raw('number', Number.NaN), 'not-a-number'],
    ['infinity', raw('number', Number.POSITIVE_INFINITY), 'not-a-number'],
    ['an invalid date', raw('date', new Date(Number.NaN)), 'no-value'],
    ['a structure', raw('other', {}), 'unsupported-type'],
    ['an array of texts', raw('string', ['a'], true), 'unsupported-type'],
  ];
  for (const [what, value, code] of none) {
    it(`takes ${what} for no value`, () => {
      deepEqual(decodeValue(value, plain), { ok: false, code });
    });
  }

  it('refuses an array whose step is not known, and a waveform with a gap', () => {
    deepEqual(decodeValue(raw('number', [1, 2], true), plain), { ok: false, code: 'no-step' });
    deepEqual(decodeValue(raw('number', [1, Number.NaN], true), { scale: 1, stepUs: 1 }), {
      ok: false,
      code: 'not-a-number',
    });
    deepEqual(decodeValue(raw('number', [], true), { scale: 1, stepUs: 1 }), { ok: false, code: 'no-value' });
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
      'other',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...types),
        fc.anything(),
        fc.boolean(),
        fc.double(),
        (type, value, isArray, scale) => {
          const decoded = decodeValue(raw(type, value, isArray), { scale, stepUs: 1 });
          if (!decoded.ok) return;
          notEqual(decoded.value, null);
          const numbers = Array.isArray(decoded.value) ? decoded.value : [decoded.value];
          for (const number of numbers) if (typeof number === 'number') equal(Number.isFinite(number), true);
        },
      ),
      { numRuns: 10_000 },
    );
  });
});
