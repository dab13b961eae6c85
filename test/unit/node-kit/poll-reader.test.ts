import { deepEqual, equal, ok } from 'node:assert/strict';
import { createManualClock, mostTags, type Sample } from '@bulkhead/core';
import {
  type ConfigReader,
  control,
  createPollReader,
  createTraffic,
  type LinkState,
  type PollReader,
  type ReadTag,
} from '@bulkhead/node-kit';

const tag = (topic: string, more: Partial<ReadTag> = {}): ReadTag => ({ topic, address: topic, ...more });

/** Reads at once whatever it is asked for, and notes what that was. */
function bench(tags: readonly ReadTag[], pollMs = 100) {
  const clock = createManualClock(0);
  const read: string[] = [];
  const state: LinkState = { kind: 'connected' };
  const reader: PollReader = createPollReader({
    tags,
    pollMs,
    staleMs: 0,
    link: {
      state,
      watch(onState) {
        onState(state);
        return () => {};
      },
    },
    readerOf: (own) => ({
      async read() {
        read.push(`${own.map(({ topic }) => topic).join('+')}@${clock.now()}`);
        const samples = own.map(({ topic }): Sample => ({ topic, value: 1, quality: 'good', sourceTime: clock.now() }));
        return { samples, outcomes: own.map(() => ({ kind: 'values' })) };
      },
    }),
    clock,
    traffic: createTraffic(clock),
    emit: () => {},
    onChange: () => {},
    report: () => {},
  });
  reader.start();
  /** In steps, so that what is read in one is over before the next. */
  const pass = async (ms: number): Promise<string[]> => {
    for (let done = 0; done < ms; done += 10) {
      await new Promise(setImmediate);
      clock.advance(10);
    }
    await new Promise(setImmediate);
    return read.splice(0);
  };
  return { reader, pass };
}

describe('A reader of poll groups', () => {
  it('reads tags with a rate of their own apart, each group together', async () => {
    const { pass } = bench([tag('a'), tag('b', { pollMs: 250 }), tag('c'), tag('d', { pollMs: 250 })]);
    deepEqual(await pass(300), ['a+c@0', 'b+d@0', 'a+c@100', 'a+c@200', 'b+d@250', 'a+c@300']);
  });

  it('changes the rate of the tags that have none of their own', async () => {
    const { reader, pass } = bench([tag('a'), tag('b', { pollMs: 200 })]);
    await pass(50);
    reader.setRate(300);
    deepEqual(await pass(350), ['a@50', 'b@50', 'b@250', 'a@350']);
  });

  it('says how old its last value is when none has come for longer than two cycles and a half', async () => {
    const { reader, pass } = bench([tag('a')], 2_000);
    await pass(0);
    const view = reader.view();
    deepEqual(view.kind === 'receiving' && [view.silentFromMs, view.isAlive], [5_000, false]);
    const quick = bench([tag('a'), tag('b', { pollMs: 20 })], 2_000);
    await quick.pass(0);
    const quickView = quick.reader.view();
    equal(quickView.kind === 'receiving' && quickView.silentFromMs, 3_000);
  });
});

describe('A message that adds tags', () => {
  const readTags = (_: ConfigReader, rows: unknown): ReadTag[] =>
    Array.isArray(rows) ? rows.map((topic) => tag(String(topic))) : [];

  it('adds none that is read already', async () => {
    const { reader } = bench([tag('a')]);
    const problem = await control(reader, { command: 'add', payload: ['b', 'a'] }, readTags);
    ok(problem?.includes('topic a is read already'), problem);
    equal(reader.tags.length, 1);
    equal(await control(reader, { command: 'add', payload: 'b' }, readTags), undefined);
    deepEqual(
      reader.tags.map(({ topic }) => topic),
      ['a', 'b'],
    );
  });

  it('adds no more than one node may read', async () => {
    const { reader } = bench([tag('a')]);
    const many = Array.from({ length: mostTags }, (_, index) => `t${index}`);
    const problem = await control(reader, { command: 'add', payload: many }, readTags);
    ok(problem?.includes(`at most ${mostTags} tags`), problem);
    equal(reader.tags.length, 1);
  });
});
