import assert from 'node:assert/strict';
import { windowAt } from '@bulkhead/core';
import fc from 'fast-check';
import { type CounterLog, createCounterLog } from '../../../nodes/oee/src/oee/counter-log.ts';
import { createStateLog, MAX_CHANGES } from '../../../nodes/oee/src/oee/state-log.ts';

const rules = { runningStates: new Set(['6']), plannedStates: new Set<string>(), microStopMs: 100 };

describe('the log of states', () => {
  const states = (log: { entries: readonly { time: number; state: unknown }[] }): string =>
    log.entries.map(({ time, state }) => `${time}:${String(state)}`).join(' ');

  it('sorts what comes out of order within the time it waits', () => {
    const log = createStateLog(rules, { settleMs: 1000 });
    for (const time of [300, 100, 400, 200]) log.add({ time, state: time });
    assert.equal(states(log), '100:100 200:200 300:300 400:400');
  });

  it('keeps a repetition until nothing can come between, then drops it', () => {
    const log = createStateLog(rules, { settleMs: 100 });
    log.add({ time: 0, state: 6 });
    log.add({ time: 50, state: 6 });
    assert.equal(log.add({ time: 20, state: 5 }), 'kept');
    assert.equal(states(log), '0:6 20:5 50:6');
    log.add({ time: 60, state: 6 });
    log.add({ time: 1000, state: 6 });
    assert.equal(states(log), '0:6 20:5 50:6 1000:6');
  });

  it('tells what came before from what came too late', () => {
    const log = createStateLog(rules, { settleMs: 100 });
    log.add({ time: 0, state: 6 });
    log.add({ time: 50, state: 5 });
    log.add({ time: 1000, state: 6 });
    assert.equal(log.add({ time: 50, state: 5 }), 'same');
    assert.equal(log.add({ time: 20, state: 4 }), 'late');
  });

  it('takes stale time back when the state turns out to hold since before it', () => {
    const log = createStateLog(rules, { settleMs: 100 });
    log.add({ time: 0, state: 6 });
    log.add({ time: 500, state: null, isStale: true });
    assert.equal(log.add({ time: 0, state: 6 }), 'same');
    assert.equal(states(log), '0:6');
    log.add({ time: 600, state: null, isStale: true });
    log.add({ time: 550, state: 5 });
    assert.equal(states(log), '0:6 550:5');
    log.add({ time: 700, state: null, isStale: true });
    log.add({ time: 800, state: 5 });
    assert.equal(states(log), '0:6 550:5 700:null 800:5');
  });

  it('does not take back what the source itself called bad', () => {
    const log = createStateLog(rules, { settleMs: 100 });
    log.add({ time: 0, state: 6 });
    log.add({ time: 50, state: null });
    log.add({ time: 0, state: 6 });
    assert.equal(states(log), '0:6 50:null');
  });

  it('keeps the beginning of the stop that goes on', () => {
    const log = createStateLog(rules, { settleMs: 0 });
    for (const [time, state] of [
      [0, 6],
      [10, 5],
      [20, 11],
      [40, 6],
    ] as const)
      log.add({ time, state });
    log.forgetBefore(30);
    assert.equal(states(log), '10:5 20:11 40:6');
    log.forgetBefore(40);
    assert.equal(states(log), '40:6');
  });

  it('is unknown from its bound on, and tells so, until the window is over', () => {
    const log = createStateLog(rules, { settleMs: 0 });
    for (let time = 0; time < MAX_CHANGES; time += 1) log.add({ time, state: time % 2 });
    assert.equal(log.isFull, false);
    assert.equal(log.add({ time: MAX_CHANGES, state: 6 }), 'full');
    assert.equal(log.add({ time: MAX_CHANGES + 1, state: 6 }), 'full');
    assert.equal(log.isFull, true);
    assert.equal(log.entries.length, MAX_CHANGES + 1);
    assert.equal(log.entries.at(-1)?.state, null);
    log.forgetBefore(MAX_CHANGES + 10);
    assert.equal(log.isFull, false);
    assert.equal(log.add({ time: MAX_CHANGES + 20, state: 6 }), 'kept');
  });
});

describe('the log of a counter', () => {
  const windowOf = (time: number) => windowAt(time, 100);
  const options = { width: 16, maxStep: 1000 } as const;

  it('gives an increment to the window of its sample, the border to the later one', () => {
    const log = createCounterLog(options, { settleMs: 1000, windowOf });
    for (const [time, value] of [
      [90, 5],
      [99.5, 7],
      [100, 10],
      [199, 11],
      [200, 20],
    ] as const)
      log.add(time, value);
    assert.deepEqual(
      [0, 100, 200].map((start) => log.count(windowOf(start)).increment),
      [2, 4, 9],
    );
  });

  it('knows nothing of a window that ends before its first sample', () => {
    const log = createCounterLog(options, { settleMs: 1000, windowOf });
    log.add(150, 5);
    assert.equal(log.count(windowOf(0)).increment, null);
    assert.equal(log.count(windowOf(100)).increment, 0);
    assert.equal(log.count(windowOf(200)).increment, 0);
  });

  it('tells the window that it did not count from the beginning, also when another process goes on', () => {
    const log = createCounterLog(options, { settleMs: 0, windowOf });
    for (let time = 150; time < 199; time += 1) log.add(time, time);
    const restored = createCounterLog(options, { settleMs: 0, windowOf, restored: log.memory() });
    for (const each of [log, restored]) {
      assert.deepEqual(
        [0, 100, 200].map((start) => each.count(windowOf(start)).beganLate),
        [false, true, false],
      );
    }
    const onTheBorder = createCounterLog(options, { settleMs: 0, windowOf });
    onTheBorder.add(100, 5);
    assert.equal(onTheBorder.count(windowOf(100)).beganLate, false);
  });

  it('tells windows with a reset, a jump or a bad sample', () => {
    const log = createCounterLog(options, { settleMs: 0, windowOf });
    for (const [time, value] of [
      [10, 5],
      [110, 3],
      [120, 4],
      [210, 5000],
      [310, 5001],
    ] as const)
      log.add(time, value);
    log.addBad(320);
    const told = [0, 100, 200, 300].map((start) => log.count(windowOf(start)));
    assert.deepEqual(told, [
      { increment: 0, hadReset: false, hadJump: false, hadBad: false, beganLate: true },
      { increment: 4, hadReset: true, hadJump: false, hadBad: false, beganLate: false },
      { increment: 4996, hadReset: false, hadJump: true, hadBad: false, beganLate: false },
      { increment: 1, hadReset: false, hadJump: false, hadBad: true, beganLate: false },
    ]);
  });

  /** Whether each of the windows that begin at 0, 100, 200, ... had a bad counter. */
  function badWindows(log: CounterLog, windows: number): boolean[] {
    return Array.from({ length: windows }, (_, at) => log.count(windowOf(at * 100)).hadBad);
  }

  it('calls every window bad that a bad counter reaches into, up to the one that catches up', () => {
    const log = createCounterLog(options, { settleMs: 0, windowOf });
    log.add(10, 5);
    log.addBad(50);
    log.add(210, 9);
    log.add(310, 10);
    assert.deepEqual(badWindows(log, 4), [true, true, true, false]);
    log.forgetBefore(200);
    const restored = createCounterLog(options, { settleMs: 0, windowOf, restored: log.memory() });
    assert.deepEqual(
      [log, restored].map((each) => each.count(windowOf(200)).hadBad),
      [true, true],
    );
    log.forgetBefore(300);
    assert.deepEqual(log.memory().lastBad, []);
  });

  it('calls a counter good again that stands where it stood before it was bad', () => {
    const log = createCounterLog(options, { settleMs: 0, windowOf });
    log.add(10, 5);
    log.addBad(50);
    assert.equal(log.confirms(10, 5), true);
    log.add(210, 6);
    assert.deepEqual(badWindows(log, 3), [true, false, false]);
  });

  it('remembers one bad sample of a counter that stays bad for ever', () => {
    const log = createCounterLog(options, { settleMs: 0, windowOf });
    for (let start = 0; start < 1000; start += 100) {
      log.addBad(start + 50);
      log.forgetBefore(start);
    }
    assert.equal(log.memory().lastBad.length, 2);
  });

  it('stays short however long the window is', () => {
    const log = createCounterLog(options, { settleMs: 100, windowOf: (time) => windowAt(time, 1_000_000) });
    for (let time = 0; time < 100_000; time += 10) log.add(time, (time / 10) % 65_536);
    assert.ok(log.entries.length <= 12);
    assert.equal(log.count({ start: 0, end: 1_000_000 }).increment, 9999);
  });

  it('counts the same whatever is joined, however samples come within the time it waits', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.nat(300), fc.nat(400)), { minLength: 1 });
    fc.assert(
      fc.property(fc.nat(65_535), steps, (start, made) => {
        let time = 0;
        let value = start;
        const truth = new Map<number, number>();
        const samples = made.map(([waitMs, step, delayMs], at) => {
          time += waitMs;
          if (at > 0) {
            value = (value + step) % 65_536;
            const window = windowOf(time).start;
            truth.set(window, (truth.get(window) ?? 0) + step);
          }
          return { time, value, arrival: time + delayMs };
        });
        const log = createCounterLog(options, { settleMs: 400, windowOf });
        for (const sample of samples.toSorted((a, b) => a.arrival - b.arrival)) {
          assert.equal(log.add(sample.time, sample.value), 'kept');
        }
        const first = samples[0]?.time ?? 0;
        for (let window = windowOf(first).start; window <= time; window += 100) {
          assert.equal(log.count(windowOf(window)).increment, truth.get(window) ?? 0);
        }
      }),
    );
  });
});
