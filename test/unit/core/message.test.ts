import assert from 'node:assert/strict';
import { messageFromBatch, messageFromSample, QUALITIES, type Sample, samplesFromMessage } from '@bulkhead/core';
import fc from 'fast-check';

const NOW = 1_700_000_000_000;

function read(message: unknown, defaultTopic?: string): Sample[] | string {
  const result = samplesFromMessage(message, defaultTopic === undefined ? { now: NOW } : { now: NOW, defaultTopic });
  return result.ok ? result.samples : result.message;
}

describe('a message', () => {
  const table: readonly [why: string, message: unknown, samples: Sample[]][] = [
    [
      'with a bare value is a good sample stamped now',
      { topic: 'a', payload: 5 },
      [{ topic: 'a', value: 5, quality: 'good', sourceTime: NOW }],
    ],
    [
      'keeps what its tag says',
      {
        topic: 'a',
        payload: null,
        tag: { quality: 'bad', code: 'BadSensor', sourceTime: 1.5, unit: 'bar', address: 'x' },
      },
      [{ topic: 'a', value: null, quality: 'bad', code: 'BadSensor', sourceTime: 1.5, unit: 'bar', address: 'x' }],
    ],
    [
      'with points and a step is a waveform',
      { topic: 'a', payload: [1, 2], tag: { stepUs: 50 } },
      [{ topic: 'a', value: [1, 2], quality: 'good', sourceTime: NOW, stepUs: 50 }],
    ],
    [
      'with samples is a batch',
      {
        payload: [
          { topic: 'a', value: 1n, sourceTime: 7 },
          { topic: 'b', value: 'x', quality: 'stale' },
        ],
      },
      [
        { topic: 'a', value: 1n, quality: 'good', sourceTime: 7 },
        { topic: 'b', value: 'x', quality: 'stale', sourceTime: NOW },
      ],
    ],
    ['with an empty array is an empty batch', { payload: [] }, []],
    [
      'with NaN is a bad reading, whatever it claims',
      { topic: 'a', payload: Number.NaN, tag: { quality: 'good' } },
      [{ topic: 'a', value: null, quality: 'bad', sourceTime: NOW }],
    ],
    [
      'with null and no quality is a bad reading',
      { topic: 'a', payload: null },
      [{ topic: 'a', value: null, quality: 'bad', sourceTime: NOW }],
    ],
    [
      'may give its time as a Date',
      { topic: 'a', payload: 1, tag: { sourceTime: new Date(7) } },
      [{ topic: 'a', value: 1, quality: 'good', sourceTime: 7 }],
    ],
  ];
  for (const [why, message, samples] of table) it(why, () => assert.deepEqual(read(message), samples));

  it('without a topic takes the default one', () => {
    assert.deepEqual(read({ payload: true }, 'd'), [{ topic: 'd', value: true, quality: 'good', sourceTime: NOW }]);
    assert.deepEqual(read({ payload: [{ value: true }] }, 'd'), [
      { topic: 'd', value: true, quality: 'good', sourceTime: NOW },
    ]);
  });

  const refused: readonly [why: string, message: unknown, words: RegExp][] = [
    ['no message', undefined, /not an object/],
    ['no topic', { payload: 1 }, /msg\.topic is missing/],
    ['an object for a value', { topic: 'a', payload: {} }, /msg\.payload is not a number/],
    ['a buffer for a value', { topic: 'a', payload: Buffer.from('x') }, /msg\.payload is not a number/],
    ['no payload', { topic: 'a' }, /msg\.payload is not a number/],
    ['a tag that is text', { topic: 'a', payload: 1, tag: 'good' }, /msg\.tag is not an object/],
    ['an unknown quality', { topic: 'a', payload: 1, tag: { quality: 'fine' } }, /quality of a/],
    ['a time as text', { topic: 'a', payload: 1, tag: { sourceTime: '2026' } }, /sourceTime of a/],
    ['a time that no date holds', { topic: 'a', payload: 1, tag: { sourceTime: 9e15 } }, /sourceTime of a/],
    ['a waveform without a step', { topic: 'a', payload: [1, 2] }, /stepUs of the waveform a/],
    ['a batch with a hole', { payload: [{ topic: 'a', value: 1 }, null] }, /payload\[1\] is not a sample/],
    ['a batch with a wrong value', { payload: [{ topic: 'a', value: {} }] }, /payload\[0\]\.value is not/],
  ];
  for (const [why, message, words] of refused) {
    it(`is refused with words for ${why}`, () => {
      const result = read(message);
      assert.ok(typeof result === 'string');
      assert.match(result, words);
    });
  }

  const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
  const base = {
    topic: fc.string({ minLength: 1 }),
    quality: fc.constantFrom(...QUALITIES),
    code: fc.oneof(fc.integer(), fc.string()),
    sourceTime: fc.double({ min: -8.64e15, max: 8.64e15, noNaN: true }),
    unit: fc.string(),
    address: fc.string(),
  };
  const requiredKeys = ['topic', 'value', 'quality', 'sourceTime'] as const;
  const scalar = fc.record(
    { ...base, value: fc.oneof(finite, fc.bigInt(), fc.string(), fc.boolean(), fc.constant(null)) },
    { requiredKeys: [...requiredKeys] },
  );
  const waveform = fc.record(
    { ...base, value: fc.array(finite, { minLength: 1 }), stepUs: fc.constant(50) },
    { requiredKeys: [...requiredKeys, 'stepUs'] },
  );
  const sample: fc.Arbitrary<Sample> = fc.oneof(scalar, waveform);

  it('of one sample reads back as that sample', () => {
    fc.assert(fc.property(sample, (made) => assert.deepEqual(read(messageFromSample(made)), [{ ...made }])));
  });

  it('of a batch reads back as that batch', () => {
    fc.assert(
      fc.property(fc.array(sample), (made) => {
        assert.deepEqual(
          read(messageFromBatch(made)),
          made.map((one) => ({ ...one })),
        );
      }),
    );
  });

  it('of anything at all is read without throwing', () => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true });
    fc.assert(fc.property(anything, (message) => void read(message)));
    fc.assert(fc.property(anything, anything, anything, (topic, payload, tag) => void read({ topic, payload, tag })));
  });
});
