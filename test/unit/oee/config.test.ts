import assert from 'node:assert/strict';
import { readOee } from '../../../nodes/oee/src/oee/config.ts';
import { oeeDefaults } from '../../../nodes/oee/src/oee/defaults.ts';

const topics = { stateTopic: 'a', totalTopic: 'b', secondTopic: 'c' };

describe('the configuration of an OEE node', () => {
  it('is complete with a topic for the state and each counter', () => {
    const { config, problems } = readOee({ ...oeeDefaults, ...topics });
    assert.deepEqual(problems, []);
    assert.deepEqual(config, {
      stateTopic: 'a',
      runningStates: new Set(['6']),
      plannedStates: new Set(),
      totalTopic: 'b',
      second: { kind: 'reject', topic: 'c' },
      counter: { width: 16, maxStep: 1000 },
      idealCycleMs: 1000,
      windowMs: 3_600_000,
      windowOffsetMs: 0,
      microStopMs: 10_000,
      graceMs: 5000,
      closing: 'clock',
      currentMs: 5000,
      resultTopic: '',
    });
  });

  it('takes numbers as text, as environment variables give them', () => {
    const { config, problems } = readOee({
      ...topics,
      idealCycleS: '0.5',
      windowLength: '15',
      windowUnit: 'min',
      counterWidth: '32',
    });
    assert.deepEqual(problems, []);
    assert.deepEqual([config.idealCycleMs, config.windowMs, config.counter.width], [500, 900_000, 32]);
  });

  it('needs no second topic when nothing else is counted', () => {
    const { config, problems } = readOee({ ...topics, secondCounter: 'none', secondTopic: '' });
    assert.deepEqual([config.second, problems], [undefined, []]);
  });

  const wrong: readonly [why: string, change: object, words: RegExp][] = [
    ['no state topic', { stateTopic: ' ' }, /stateTopic is missing/],
    ['no second topic', { secondTopic: '' }, /secondTopic is missing/],
    ['one topic for two things', { totalTopic: 'a' }, /a topic each/],
    ['no running state', { runningStates: ' , ' }, /no state in which the machine runs/],
    ['a state that is both', { plannedStates: '2, 6' }, /6 is both/],
    ['an ideal cycle of nothing', { idealCycleS: 0 }, /idealCycleS/],
    ['a window of half a second', { windowLength: 0.5, windowUnit: 's' }, /windowLength/],
    ['a unit that is none', { windowUnit: 'fortnight' }, /windowUnit/],
    ['a result topic outside the grammar', { resultTopic: 'umh.v1.acme.oee' }, /resultTopic umh\.v1\.acme\.oee/],
  ];
  for (const [why, change, words] of wrong) {
    it(`is refused with words for ${why}`, () => {
      const { problems } = readOee({ ...oeeDefaults, ...topics, ...change });
      assert.match(problems.join('\n'), words);
    });
  }

  it('of any kind is read without throwing', () => {
    for (const raw of [undefined, null, 5, 'x', [], { stateTopic: {} }]) assert.ok(readOee(raw).problems.length > 0);
  });
});
