import assert from 'node:assert/strict';
import type { Sample } from '@bulkhead/core';
import { historyQuery, readQueryWords } from '../../../nodes/historian/src/historian-query/config.ts';
import { historianQueryDefaults } from '../../../nodes/historian/src/historian-query/defaults.ts';
import { durationMs } from '../../../nodes/historian/src/historian-query/duration.ts';
import { rowsOf } from '../../../nodes/historian/src/historian-query/rows.ts';
import { pointInTime } from '../../../nodes/historian/src/historian-query/time.ts';

const now = Date.UTC(2026, 5, 1, 12);

describe('a point in time', () => {
  const cases: ReadonlyArray<[unknown, number | undefined]> = [
    [0, 0],
    [1_700_000_000_000.25, 1_700_000_000_000.25],
    ['1700000000000', 1_700_000_000_000],
    ['2026-01-01T00:00:00Z', Date.UTC(2026, 0, 1)],
    ['2026-01-01T00:00:00.125+01:00', Date.UTC(2025, 11, 31, 23) + 125],
    [new Date(5), 5],
    ['now', now],
    ['-1h', now - 3_600_000],
    ['now-1h', now - 3_600_000],
    ['now + 90s', now + 90_000],
    ['-1.5d', now - 129_600_000],
    ['-250ms', now - 250],
    ['-2w', now - 1_209_600_000],
    ['yesterday', undefined],
    ['-1y', undefined],
    ['', undefined],
    [Number.NaN, undefined],
    [8.64e15 + 1, undefined],
    [new Date(Number.NaN), undefined],
    [true, undefined],
    [null, undefined],
  ];
  for (const [written, expected] of cases) {
    it(`${String(written)} is ${expected === undefined ? 'none' : new Date(expected).toISOString()}`, () => {
      assert.equal(pointInTime(written, now), expected);
    });
  }
});

describe('a duration', () => {
  it('is a number of milliseconds or has a unit, and is never nothing', () => {
    assert.deepEqual(
      ['250', '250ms', '10s', '1m', '2h', '1d', '1w', 250].map(durationMs),
      [250, 250, 10_000, 60_000, 7_200_000, 86_400_000, 604_800_000, 250],
    );
    assert.deepEqual(
      ['0s', '-1s', '1x', '', 0, -1, Number.NaN, null, {}].map(durationMs),
      Array.from({ length: 9 }, () => undefined),
    );
  });
});

describe('a question to the history', () => {
  const ask = (
    asked: object,
    node: object = { ...historianQueryDefaults, topics: 'umh.v1.a._x.b' },
  ): ReturnType<typeof historyQuery> => {
    const { words } = readQueryWords(asked, readQueryWords(node).words);
    return historyQuery(words, now);
  };

  it('is what the node says, with what the message says over it', () => {
    assert.deepEqual(ask({}), {
      topics: ['umh.v1.a._x.b'],
      prefixes: [],
      from: now - 3_600_000,
      to: now,
      aggregate: 'raw',
      intervalMs: 60_000,
      limit: 10_000,
      output: 'samples',
    });
    const asked = ask({
      topics: ['a', 'b.#'],
      from: 1,
      to: '2',
      aggregate: 'avg',
      interval: '5s',
      limit: '7',
      output: 'rows',
    });
    assert.deepEqual(asked, {
      topics: ['a'],
      prefixes: ['b.'],
      from: 1,
      to: 2,
      aggregate: 'avg',
      intervalMs: 5_000,
      limit: 7,
      output: 'rows',
    });
  });

  it('may name topics in a list, in a text, by a prefix', () => {
    const topicsOf = (asked: object): unknown => {
      const { topics, prefixes } = ask(asked);
      return [topics, prefixes];
    };
    assert.deepEqual(topicsOf({ topics: 'a, b\n c.#' }), [['a', 'b'], ['c.']]);
    assert.deepEqual(topicsOf({ prefix: 'x.' }), [[], ['x.']]);
    assert.deepEqual(topicsOf({ prefix: ['x.', 'y.'], topics: 'z' }), [['z'], ['x.', 'y.']]);
    assert.deepEqual(topicsOf({ topics: '#' }), [[], ['']]);
  });

  it('is refused in words when it makes no sense', () => {
    for (const [asked, words] of [
      [{ topics: '' }, /no topic is given/],
      [{ topics: [7, null] }, /no topic is given/],
      [{ from: 'soon' }, /from "soon" is no time/],
      [{ from: 5, to: 5 }, /from is not before to/],
      [{ aggregate: 'avg', interval: 'often' }, /interval "often" is no duration/],
    ] as const) {
      assert.throws(() => ask(asked), { code: 'historian-bad-query', message: words });
    }
    assert.match(readQueryWords({ aggregate: 'median' }).problems.join(), /aggregate must be one of/);
    assert.match(readQueryWords({ limit: 0 }).problems.join(), /limit/);
  });
});

describe('rows for charts', () => {
  it('are flat, safe to write as JSON, and one for each point of a waveform', () => {
    const sample = (more: Partial<Sample>): Sample => ({
      topic: 'umh.v1.a._x.b',
      value: 1,
      quality: 'good',
      sourceTime: 1_000,
      ...more,
    });
    const rows = rowsOf([
      sample({ unit: 'bar' }),
      sample({ value: true }),
      sample({ value: 5n }),
      sample({ value: 2n ** 60n }),
      sample({ value: null, quality: 'bad' }),
      sample({ value: [1, 2], stepUs: 500 }),
    ]);
    assert.deepEqual(
      rows.map(({ time, value }) => [time, value]),
      [
        [1_000, 1],
        [1_000, 1],
        [1_000, 5],
        [1_000, '1152921504606846976'],
        [1_000, null],
        [1_000, 1],
        [1_000.5, 2],
      ],
    );
    assert.deepEqual(rows[0], {
      time: 1_000,
      topic: 'umh.v1.a._x.b',
      name: 'b',
      value: 1,
      quality: 'good',
      unit: 'bar',
    });
    assert.equal(typeof JSON.stringify(rows), 'string');
  });
});
