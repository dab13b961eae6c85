import { deepEqual, equal, match } from 'node:assert/strict';
import { compareByRowTime, compareBySnapshot } from '../../../accept/compare.ts';
import type { StoredSample } from '../../../accept/history.ts';
import { isGood, type ProtocolVerdict } from '../../../accept/verdict.ts';
import type { Recording } from '../../../packages/plant/src/replay/recording.ts';

const recording: Recording = {
  columns: ['a', 'b'],
  rows: [
    { time: 1_000, values: [1.5, null] },
    { time: 2_000, values: [-0, 7] },
    { time: 3_000, values: [0.1, 7] },
  ],
};

const sample = (topic: string, sourceTime: number, value: StoredSample['value']): StoredSample => ({
  topic,
  sourceTime,
  value,
  quality: value === null ? 'bad' : 'good',
});

const columnTopics = ['t.a', 't.b'];
const byTime = (change: (samples: StoredSample[]) => StoredSample[] = (all) => all): ProtocolVerdict => {
  const samples = recording.rows.flatMap(({ time, values }) =>
    columnTopics.map((topic, place) => sample(topic, time, values[place] ?? null)),
  );
  return compareByRowTime(recording, columnTopics, change(samples));
};

const block = { sequence: 't.seq', row: 't.row', time: 't.time', columns: columnTopics };
/** Two reads of each row. */
const bySnapshot = (change: (samples: StoredSample[]) => StoredSample[] = (all) => all): ProtocolVerdict => {
  const samples = [0, 0, 1, 1, 2, 2].flatMap((number, read) => {
    const at = 50_000 + read * 10;
    const { time = 0, values = [] } = recording.rows[number] ?? {};
    return [
      sample('t.seq', at, 100 + read),
      sample('t.row', at, number),
      sample('t.time', at, time),
      ...columnTopics.map((topic, place) => sample(topic, at, values[place] ?? null)),
    ];
  });
  return compareBySnapshot(recording, block, change(samples));
};

type Change = (samples: StoredSample[]) => StoredSample[];
const replace =
  (index: number, change: Partial<StoredSample>): Change =>
  (samples) =>
    samples.map((old, at) => (at === index ? { ...old, ...change } : old));
const without =
  (index: number): Change =>
  (samples) =>
    samples.toSpliced(index, 1);

describe('comparison of a recording with its history by the time of the rows', () => {
  it('is good when each value lies at the time of its row', () => {
    const verdict = byTime();
    equal(isGood(verdict), true);
    deepEqual([verdict.equalRows, verdict.compared], [3, 6]);
  });

  const defects: Record<string, [Change, RegExp]> = {
    'a value of the next double': [replace(4, { value: 0.1 + Number.EPSILON / 8 }), /row 2 .*, a: 0\.1 in the file/],
    'a zero that lost its sign': [replace(2, { value: 0 }), /row 1 .*, a: -0 in the file, 0 \(good\)/],
    'a number where the cell is empty': [replace(1, { value: 0, quality: 'good' }), /row 0 .*, b: null in the file, 0/],
    'an absent reading that is not bad': [replace(1, { quality: 'good' }), /null \(good\) read back/],
    'a value that is not good': [replace(0, { quality: 'stale' }), /1\.5 \(stale\) read back/],
    'a reading that is not there': [without(3), /row 1 .*, b: not there/],
    'a time that is a millisecond off': [replace(5, { sourceTime: 3_001 }), /row 2 .*, b: not there/],
    'a reading too many': [(all) => [...all, sample('t.a', 9_000, 1)], /a: 1 at .*09\.000Z, a time that no row has/],
    'a reading that is there twice': [(all) => [...all, sample('t.a', 1_000, 1.5)], /a: 1 readings are there twice/],
    'no reading at all': [() => [], /row 0 .*, a: not there/],
  };
  for (const [name, [change, words]] of Object.entries(defects)) {
    it(`finds ${name}`, () => {
      const verdict = byTime(change);
      equal(isGood(verdict), false);
      match(verdict.examples[0] ?? '', words);
    });
  }
});

describe('comparison of a recording with its history by snapshots', () => {
  it('is good when each snapshot is one row as a whole and every row is in one', () => {
    const verdict = bySnapshot();
    equal(isGood(verdict), true);
    deepEqual([verdict.equalRows, verdict.snapshots, verdict.compared], [3, 6, 18]);
  });

  const defects: Record<string, [Change, RegExp]> = {
    'a snapshot that holds values of two rows': [replace(13, { value: 1.5 }), /row 1, .*, a: -0 in the file, 1\.5/],
    'a snapshot that lacks a value': [without(13), /row 1, .*, a: not there, the snapshot is torn/],
    'a snapshot with the time of another row': [replace(12, { value: 1_000 }), /its time: 2000 in the file, 1000/],
    'a read that is not there': [(all) => all.toSpliced(10, 5), /1 answered reads before it are not there/],
    'rows that come in another order': [replace(26, { value: 1 }), /row 1 came after row 2|row 1, .*its time/],
    'a row number that no row has': [replace(1, { value: 3 }), /its row number is 3/],
    'a row that was never read': [(all) => all.slice(0, 20), /row 2: in no read/],
    'reads that are there twice': [replace(5, { value: 100 }), /read 100 came after read 100/],
  };
  for (const [name, [change, words]] of Object.entries(defects)) {
    it(`finds ${name}`, () => {
      const verdict = bySnapshot(change);
      equal(isGood(verdict), false);
      match(verdict.examples.join('\n'), words);
    });
  }

  it('names the columns that do not fit into one read', () => {
    const narrow = { ...block, columns: ['t.a'] };
    match(compareBySnapshot(recording, narrow, []).note ?? '', /without b$/);
  });
});
