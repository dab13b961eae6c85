import assert from 'node:assert/strict';
import { BulkheadError, decodePayload, encodePayload, QUALITIES, type SampleBody } from '@bulkhead/core';
import fc from 'fast-check';
import * as v from 'valibot';
import { withVectors } from './conformance.ts';

const vectors = v.object({
  cases: v.array(
    v.object({
      json: v.string(),
      kind: v.picklist(['timeseries', 'extended', 'waveform', 'relational', 'rejected']),
      valueType: v.optional(v.string()),
      value: v.optional(v.string()),
    }),
  ),
});

function valueOf(text: string): unknown {
  const decoded = decodePayload(text);
  return 'sample' in decoded ? decoded.sample.value : decoded.kind;
}

const T = 1_700_000_000_000;

describe('a payload', () => {
  const table: readonly [json: string, kind: string, why: string][] = [
    [`{"timestamp_ms":${T},"value":1}`, 'timeseries', 'time and value'],
    [` { "value" : 1 , "timestamp_ms" : ${T} } `, 'timeseries', 'order and space do not matter'],
    [`{"timestamp_ms":${T}.0,"value":1}`, 'timeseries', 'a whole time written with a fraction'],
    [`{"timestamp_ms":17e11,"value":1}`, 'timeseries', 'a whole time written with an exponent'],
    [`{"timestamp_ms":-1,"value":1}`, 'timeseries', 'before 1970'],
    [`{"timestamp_ms":9223372036854775807,"value":1}`, 'timeseries', 'the last 64-bit time'],
    [`{"timestamp_ms":-9223372036854775808,"value":1}`, 'timeseries', 'the first 64-bit time'],
    [`{"timestamp_ms":9223372036854775808,"value":1}`, 'rejected', 'a time one beyond 64 bits'],
    [`{"timestamp_ms":1e300,"value":1}`, 'rejected', 'a whole time far beyond 64 bits'],
    [`{"timestamp_ms":${T}.5,"value":1}`, 'rejected', 'a time with a fraction'],
    [`{"timestamp_ms":true,"value":1}`, 'rejected', 'a time that is no number'],
    [`{"timestamp_ms":${T},"value":null}`, 'rejected', 'null without a quality'],
    [`{"timestamp_ms":${T},"value":{}}`, 'rejected', 'an object for a value'],
    [`{"timestamp_ms":${T},"value":-1e999}`, 'rejected', 'beyond the range of a double'],
    [`{"timestamp_ms":${T},"value":1,"value":2}`, 'rejected', 'a repeated key'],
    [`{"timestamp_ms":${T},"value":1,"v\\u0061lue":2}`, 'rejected', 'a repeated key in disguise'],
    [`{"timestamp_ms":${T},"value":"\\"value\\":"}`, 'timeseries', 'a text that looks like a key'],
    [`{"timestamp_ms":${T},"Value":1}`, 'relational', 'keys are exact'],
    [`{"timestamp_ms":${T},"value":1,"unit":"bar"}`, 'relational', 'a unit needs a quality beside it'],
    [`{"timestamp_ms":${T},"value":1,"quality":"bad","site":"x"}`, 'relational', 'a key that no form has'],
    [`{"timestamp_ms":${T},"value":1,"quality":"uncertain"}`, 'extended', 'with a quality'],
    [`{"timestamp_ms":${T},"value":1,"quality":"stale","unit":"","address":""}`, 'extended', 'all of it'],
    [`{"timestamp_ms":${T},"value":1,"quality":null}`, 'rejected', 'a quality that is none'],
    [`{"timestamp_ms":${T},"value":1,"quality":"good","unit":5}`, 'rejected', 'a unit that is no text'],
    [`{"timestamp_ms":${T},"value":[1],"quality":"good"}`, 'rejected', 'an array for a value'],
    [`{"timestamp_ms":${T},"step_us":0.5,"values":[1],"quality":"good","unit":"g"}`, 'waveform', 'all of it'],
    [`{"timestamp_ms":${T},"step_us":-1,"values":[1]}`, 'rejected', 'a step backwards'],
    [`{"timestamp_ms":${T},"step_us":1e999,"values":[1]}`, 'rejected', 'a step without end'],
    [`{"timestamp_ms":${T},"step_us":1,"values":[1,null]}`, 'rejected', 'a hole in the waveform'],
    [`{"timestamp_ms":${T},"step_us":1,"values":[1,1e999]}`, 'rejected', 'a point without end'],
    [`{"timestamp_ms":${T},"step_us":1,"values":[1],"address":"x"}`, 'relational', 'a waveform has no address'],
    [`{"__proto__":{"timestamp_ms":1},"value":1}`, 'relational', 'a key that means something to JavaScript'],
    [`{"timestamp_ms":${T},"value":1}{}`, 'rejected', 'two payloads in one'],
    ['\ufeff{}', 'rejected', 'a byte order mark'],
    ['null', 'rejected', 'null'],
    ['"text"', 'rejected', 'a string'],
  ];
  for (const [json, kind, why] of table) {
    it(`is ${kind}: ${why}`, () => assert.equal(decodePayload(json).kind, kind));
  }

  const integers: readonly [source: string, value: number | bigint][] = [
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['-9007199254740993', -9007199254740993n],
    ['18446744073709551615', 18446744073709551615n],
    ['-9223372036854775808', -9223372036854775808n],
    ['18446744073709551616', 18446744073709551616],
    ['1e17', 1e17],
    ['9007199254740993.0', 9007199254740992],
  ];
  for (const [source, value] of integers) {
    it(`reads the number ${source} as the ${typeof value} ${value}`, () => {
      assert.equal(valueOf(`{"timestamp_ms":${T},"value":${source}}`), value);
      assert.equal(valueOf(`{"value" : ${source} ,"timestamp_ms":${T},"quality":"good"}`), value);
    });
  }

  it('carries quality, unit and address of the extended form', () => {
    const json = `{"timestamp_ms":${T},"value":null,"quality":"bad","unit":"°C","address":"ns=2;s=a"}`;
    assert.deepEqual(decodePayload(json), {
      kind: 'extended',
      sample: { sourceTime: T, value: null, quality: 'bad', unit: '°C', address: 'ns=2;s=a' },
    });
  });

  it('is rejected or relational, never a crash, when it nests a million deep', () => {
    const deep = `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`;
    assert.equal(decodePayload(deep).kind, 'rejected');
    assert.ok(['relational', 'rejected'].includes(decodePayload(`{"a":${deep}}`).kind));
    assert.equal(decodePayload(`{"timestamp_ms":${T},"value":${deep}}`).kind, 'rejected');
    assert.equal(decodePayload('{"a":'.repeat(100_000)).kind, 'rejected');
  });

  it('may be huge', () => {
    const text = 'x'.repeat(8_000_000);
    assert.equal(valueOf(`{"timestamp_ms":${T},"value":"${text}"}`), text);
    assert.equal(decodePayload(text).kind, 'rejected');
    const digits = '9'.repeat(1_000_000);
    assert.equal(decodePayload(`{"timestamp_ms":${T},"value":${digits}}`).kind, 'rejected');
    assert.equal(decodePayload(`{"timestamp_ms":${digits},"value":1}`).kind, 'rejected');
  });

  it('of any text is read without throwing', () => {
    const pieces = fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', 'timestamp_ms', 'value', '1', 'e9', 'null');
    fc.assert(fc.property(fc.string({ unit: fc.oneof(pieces, fc.string()) }), (text) => void decodePayload(text)));
    fc.assert(fc.property(fc.json(), (text) => void decodePayload(text)));
    const keys = fc.constantFrom('timestamp_ms', 'value', 'quality', 'unit', 'address', 'values', 'step_us');
    fc.assert(fc.property(fc.dictionary(keys, fc.jsonValue()), (object) => void decodePayload(JSON.stringify(object))));
  });

  withVectors('uns-payloads.json', vectors, ({ cases }) => {
    for (const { json, kind, valueType, value } of cases) {
      it(`is what the shared vectors say: ${json}`, () => {
        const decoded = decodePayload(json);
        assert.equal(decoded.kind, kind);
        if (valueType !== undefined) assert.equal('sample' in decoded && typeof decoded.sample.value, valueType);
        if (value !== undefined) assert.equal('sample' in decoded && String(decoded.sample.value), value);
      });
    }
  });
});

describe('a sample as a payload', () => {
  const time = fc.integer({ min: -8.64e15, max: 8.64e15 });
  const double = fc.double({ noNaN: true, noDefaultInfinity: true });
  const unsafe = fc
    .bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })
    .filter((value) => !Number.isSafeInteger(Number(value)));
  const scalar = fc.oneof(double, unsafe, fc.string({ unit: 'binary' }), fc.boolean());
  const quality = fc.constantFrom(...QUALITIES);

  it('in strict form comes back with the same value and time', () => {
    fc.assert(
      fc.property(scalar, time, (value, sourceTime) => {
        const text = encodePayload({ value, quality: 'good', sourceTime, unit: 'bar' }, 'strict');
        assert.deepEqual(decodePayload(text), { kind: 'timeseries', sample: { value, quality: 'good', sourceTime } });
      }),
    );
  });

  it('in extended form comes back whole', () => {
    const body = fc.record(
      {
        value: fc.oneof(scalar, fc.constant(null)),
        quality,
        sourceTime: time,
        unit: fc.string(),
        address: fc.string(),
      },
      { requiredKeys: ['value', 'quality', 'sourceTime'] },
    );
    fc.assert(
      fc.property(body, (sample) => {
        assert.deepEqual(decodePayload(encodePayload(sample, 'extended')), { kind: 'extended', sample: { ...sample } });
      }),
    );
  });

  it('that is a waveform comes back whole', () => {
    const stepUs = fc.double({ min: 1e-6, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(fc.array(double, { minLength: 1 }), stepUs, time, quality, (value, step, sourceTime, state) => {
        const sample: SampleBody = { value, quality: state, sourceTime, stepUs: step, unit: 'g' };
        assert.deepEqual(decodePayload(encodePayload(sample, 'extended')), { kind: 'waveform', sample });
      }),
    );
  });

  it('in strict form is exactly timestamp_ms and value', () => {
    const sample: SampleBody = { value: 2.5, quality: 'uncertain', sourceTime: T, unit: 'bar', address: 'x', code: 1 };
    assert.equal(encodePayload(sample, 'strict'), `{"timestamp_ms":${T},"value":2.5}`);
  });

  it('writes a 64-bit integer as an integer and a large double as a double', () => {
    const write = (value: number | bigint): string =>
      encodePayload({ value, quality: 'good', sourceTime: T }, 'strict');
    assert.equal(write(18446744073709551615n), `{"timestamp_ms":${T},"value":18446744073709551615}`);
    assert.equal(write(2 ** 60), `{"timestamp_ms":${T},"value":1.152921504606847e+18}`);
    assert.equal(write(-0), `{"timestamp_ms":${T},"value":-0}`);
  });

  it('is stamped with the whole millisecond at or before its time', () => {
    const stampOf = (sourceTime: number): string =>
      encodePayload({ value: 1, quality: 'good', sourceTime }, 'strict').split(',')[0] ?? '';
    assert.equal(stampOf(T + 0.999), `{"timestamp_ms":${T}`);
    assert.equal(stampOf(-0.5), '{"timestamp_ms":-1');
  });

  const refused: readonly [why: string, sample: SampleBody, form: 'strict' | 'extended'][] = [
    ['NaN', { value: Number.NaN, quality: 'good', sourceTime: T }, 'extended'],
    ['infinity', { value: Number.POSITIVE_INFINITY, quality: 'good', sourceTime: T }, 'strict'],
    ['null in strict form', { value: null, quality: 'bad', sourceTime: T }, 'strict'],
    ['an integer of 65 bits', { value: 2n ** 64n, quality: 'good', sourceTime: T }, 'strict'],
    ['an empty waveform', { value: [], quality: 'good', sourceTime: T, stepUs: 1 }, 'extended'],
    ['a waveform without a step', { value: [1], quality: 'good', sourceTime: T }, 'extended'],
    ['NaN in a waveform', { value: [Number.NaN], quality: 'good', sourceTime: T, stepUs: 1 }, 'extended'],
    ['a time that is none', { value: 1, quality: 'good', sourceTime: Number.NaN }, 'strict'],
  ];
  for (const [why, sample, form] of refused) {
    it(`is refused by name: ${why}`, () => {
      assert.throws(
        () => encodePayload(sample, form),
        (error) => error instanceof BulkheadError && error.code === 'payload-not-encodable',
      );
    });
  }
});
