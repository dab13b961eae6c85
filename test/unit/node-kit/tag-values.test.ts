import { deepEqual } from 'node:assert/strict';
import { createManualClock, type Sample } from '@bulkhead/core';
import { createTagValues, createTraffic, type ReadTag } from '@bulkhead/node-kit';

const tags: ReadTag[] = ['a', 'b'].map((topic) => ({ topic, address: topic }));
const good = (topic: string, value: number): Sample => ({ topic, value, quality: 'good', sourceTime: 0 });
const bad = (topic: string): Sample => ({ topic, value: null, quality: 'bad', sourceTime: 0 });

function bench(staleMs = 0) {
  const clock = createManualClock(0);
  const emitted: Sample[][] = [];
  const values = createTagValues({
    tags: () => tags,
    staleMs,
    clock,
    traffic: createTraffic(clock),
    sampleTime: clock.now,
    emit: (samples) => emitted.push(samples),
    onChange: () => {},
  });
  return { clock, values, qualities: () => emitted.map(([first]) => first?.quality), emitted };
}

function outage(...cycles: Sample[][]): unknown[] {
  const { clock, values, emitted } = bench();
  for (const samples of cycles) {
    values.take(samples, tags);
    // What was sent belongs to the flow, which may do with it what it likes.
    for (const sample of samples) sample.value = -1;
    samples.length = 0;
  }
  values.lose();
  clock.advance(0);
  return (emitted.at(-1) ?? []).map(({ topic, value, quality }) => [topic, value, quality]);
}

describe('The last values of tags', () => {
  it('are what an outage makes stale, whatever the flow did with the samples', () => {
    deepEqual(outage([good('a', 1), good('b', 2)]), [
      ['a', 1, 'stale'],
      ['b', 2, 'stale'],
    ]);
  });

  it('stay when a tag becomes bad or says nothing, also over several cycles', () => {
    deepEqual(outage([good('a', 1), good('b', 2)], [good('a', 3), bad('b')], [bad('a')], [good('b', 5)]), [
      ['a', 3, 'stale'],
      ['b', 5, 'stale'],
    ]);
  });

  it('are null for a tag that never had one', () => {
    deepEqual(outage([good('b', 2)]), [
      ['a', null, 'stale'],
      ['b', 2, 'stale'],
    ]);
  });
});

describe('Tags whose connection is lost', () => {
  const cycle = (): Sample[] => [good('a', 1), good('b', 2)];

  it('are stale once for each outage, and after the time that was set', () => {
    const { clock, values, qualities } = bench(500);
    for (let time = 0; time < 2; time += 1) {
      values.take(cycle(), tags);
      values.lose();
      clock.advance(499);
      // Connections that come to nothing do not put it off.
      values.regain();
      values.lose();
      clock.advance(1);
      values.regain();
    }
    deepEqual(qualities(), ['good', 'stale', 'good', 'stale']);
  });

  it('are not stale when a value came in time, nor for what had been answered before the loss', () => {
    const { clock, values, qualities } = bench(500);
    values.lose();
    values.regain();
    values.take(cycle(), tags);
    clock.advance(1_000);
    deepEqual(qualities(), ['good']);
    values.lose();
    values.take(cycle(), tags);
    clock.advance(500);
    deepEqual(qualities(), ['good', 'good', 'stale']);
  });
});
