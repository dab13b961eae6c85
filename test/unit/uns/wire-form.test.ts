import assert from 'node:assert/strict';
import type { Sample } from '@bulkhead/core';
import fc from 'fast-check';
import { fromWire, toWire } from '../../../nodes/uns/src/protocol/wire-form.ts';

const topic = 'umh.v1.acme._historian.x';
const sample = (more: Partial<Sample>): Sample => ({
  topic,
  value: 1.5,
  quality: 'good',
  sourceTime: 1_700_000_000_000,
  ...more,
});
const mqttTopic = 'umh/v1/acme/_historian/x';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a sample on the wire', () => {
  it('is strict with user properties over MQTT 5 and extended over 3.1.1, unless chosen otherwise', () => {
    const given = sample({ unit: 'bar', address: 'ns=1;i=7', quality: 'uncertain', code: 1_083_179_008 });
    assert.deepEqual(toWire(given, 'auto', 5), {
      ok: true,
      payload: '{"timestamp_ms":1700000000000,"value":1.5}',
      properties: { quality: 'uncertain', code: '1083179008', unit: 'bar', address: 'ns=1;i=7' },
    });
    const extended = {
      ok: true,
      payload: '{"timestamp_ms":1700000000000,"value":1.5,"quality":"uncertain","unit":"bar","address":"ns=1;i=7"}',
    };
    assert.deepEqual(toWire(given, 'auto', 4), extended);
    assert.deepEqual(toWire(given, 'extended', 5), extended);
    assert.deepEqual(toWire(given, 'strict', 4), { ok: true, payload: '{"timestamp_ms":1700000000000,"value":1.5}' });
  });

  it('is refused in the strict form where a reader would take it for a good one', () => {
    assert.equal(toWire(sample({ quality: 'bad', value: null }), 'strict', 5).ok, false);
    assert.equal(toWire(sample({ quality: 'bad', value: null }), 'strict', 4).ok, false);
    assert.equal(toWire(sample({ quality: 'stale' }), 'strict', 4).ok, false);
    assert.equal(toWire(sample({ quality: 'stale' }), 'strict', 5).ok, true);
  });

  it('describes itself in the automatic form where strict has no words: no value, a waveform', () => {
    assert.deepEqual(toWire(sample({ value: null, quality: 'bad' }), 'auto', 5), {
      ok: true,
      payload: '{"timestamp_ms":1700000000000,"value":null,"quality":"bad"}',
    });
    assert.deepEqual(toWire(sample({ value: [1, 2], stepUs: 50 }), 'auto', 5), {
      ok: true,
      payload: '{"timestamp_ms":1700000000000,"step_us":50,"values":[1,2],"quality":"good"}',
    });
  });

  it('is refused in words when JSON cannot say it', () => {
    assert.deepEqual(toWire(sample({ value: [], stepUs: 1 }), 'auto', 5), {
      ok: false,
      reason: 'a waveform needs at least one point',
    });
    assert.equal(toWire(sample({ value: Number.NaN }), 'auto', 4).ok, false);
  });

  it('comes back as it went, whatever its value and quality, over both protocols', () => {
    const value = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }).filter((big) => !Number.isSafeInteger(Number(big))),
      fc.string({ unit: 'grapheme' }),
      fc.boolean(),
      fc.constant(null),
    );
    const quality = fc.constantFrom<Sample['quality']>('good', 'uncertain', 'bad', 'stale');
    const word = fc.option(fc.string({ unit: 'grapheme', minLength: 1 }), { nil: undefined });
    fc.assert(
      fc.property(
        value,
        quality,
        word,
        word,
        fc.constantFrom<4 | 5>(4, 5),
        (anyValue, anyQuality, unit, address, protocolVersion) => {
          const given = sample({
            value: anyValue,
            quality: anyQuality,
            ...(unit === undefined ? {} : { unit }),
            ...(address === undefined ? {} : { address }),
          });
          const wire = toWire(given, 'auto', protocolVersion);
          assert.ok(wire.ok);
          const properties = protocolVersion === 5 ? (wire.properties ?? {}) : {};
          const received = fromWire({ topic: mqttTopic, payload: bytes(wire.payload), properties });
          assert.ok(received.kind === 'sample');
          assert.deepEqual(received.sample, given);
        },
      ),
    );
  });
});

describe('a payload from the wire', () => {
  const receive = (
    text: string | Uint8Array,
    properties: Record<string, string> = {},
    on = mqttTopic,
  ): ReturnType<typeof fromWire> =>
    fromWire({ topic: on, payload: typeof text === 'string' ? bytes(text) : text, properties });
  const strict = '{"timestamp_ms":1700000000000,"value":1.5}';

  it('is a good sample where nothing else is said', () => {
    assert.deepEqual(receive(strict), { kind: 'sample', sample: sample({}) });
  });

  it('is uncertain where the publisher has words of its own for its quality', () => {
    assert.deepEqual(receive(strict, { quality: '192' }), {
      kind: 'sample',
      sample: sample({ quality: 'uncertain', code: '192' }),
    });
  });

  it('is not changed by properties where it says its quality itself', () => {
    const received = receive('{"timestamp_ms":1700000000000,"value":1.5,"quality":"bad"}', { quality: 'good' });
    assert.ok(received.kind === 'sample');
    assert.equal(received.sample.quality, 'bad');
  });

  it('is rejected with a reason when it is none of the forms, its topic none of the grammar, its time none of a date', () => {
    const cases: ReadonlyArray<[ReturnType<typeof fromWire>, RegExp]> = [
      [receive('{nonsense'), /not JSON/],
      [receive(''), /not JSON/],
      [receive('42'), /not a JSON object/],
      [receive(new Uint8Array([0xff, 0xfe])), /not UTF-8/],
      [receive(strict, {}, 'factory/temperature'), /umh\.v1/],
      [receive(strict, {}, 'umh/v1/acme/_raw/a.b'), /contains a dot/],
      [receive('{"timestamp_ms":9000000000000000,"value":1}'), /beyond the range of a date/],
    ];
    for (const [received, reason] of cases) {
      assert.ok(received.kind === 'rejected');
      assert.match(received.reason, reason);
    }
  });

  it('is passed on as it is when it is a relational object', () => {
    assert.deepEqual(receive('{"order":7}'), { kind: 'relational', topic, object: { order: 7 } });
  });

  it('never throws, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string(), (payload, on) => {
        fromWire({ topic: on, payload, properties: {} });
      }),
    );
  });
});
