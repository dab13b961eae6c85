import assert from 'node:assert/strict';
import type { Sample } from '@bulkhead/core';
import fc from 'fast-check';
import { createCalculator, FURTHEST_AHEAD_MS, MOST_AT_ONCE } from '../../../nodes/oee/src/oee/calculator.ts';
import type { OeeConfig } from '../../../nodes/oee/src/oee/config.ts';
import { memoryOf, noteOf } from '../../../nodes/oee/src/oee/memory.ts';
import type { OeeWindow } from '../../../nodes/oee/src/oee/result.ts';
import { bad, good, settings } from './settings.ts';

const NOW = 1_000_000_000;

function run(samples: readonly Sample[], changes: Partial<OeeConfig> = {}): OeeWindow[] {
  const calculator = createCalculator({ ...settings, ...changes });
  return samples.flatMap((sample) => {
    calculator.accept(sample, NOW);
    return calculator.close(NOW).windows;
  });
}

/** A whole window that makes nothing remarkable, to be varied. */
const plain = [good('state', 0, 6), good('total', 0, 100), good('reject', 0, 10)];
const end = good('total', 13_000, 108);

describe('OEE of a window', () => {
  it('is availability, performance and quality of what was sampled in it', () => {
    const [window, ...more] = run([
      ...plain,
      good('total', 4000, 104),
      good('state', 5000, 11),
      good('state', 7000, 6),
      good('reject', 8000, 11),
      good('total', 9999, 106),
      good('total', 10_000, 107),
      end,
    ]);
    assert.deepEqual(more, []);
    assert.deepEqual(window, {
      start: 0,
      end: 10_000,
      closed: true,
      availability: 80,
      performance: 75,
      quality: (100 * 5) / 6,
      oee: 50,
      plannedMs: 10_000,
      runMs: 8000,
      stopMs: 2000,
      microStopMs: 0,
      plannedStopMs: 0,
      unknownMs: 0,
      total: 6,
      good: 5,
      reject: 1,
      flags: [],
      timeline: [
        { start: 0, end: 5000, state: 6, kind: 'run' },
        { start: 5000, end: 7000, state: 11, kind: 'stop' },
        { start: 7000, end: 10_000, state: 6, kind: 'run' },
      ],
    });
  });

  const table: readonly [why: string, samples: readonly Sample[], expected: Partial<OeeWindow>][] = [
    [
      'counts a wrap through',
      [good('total', 1000, 65_530), good('total', 2000, 4)],
      { total: 10 + 65_430, flags: ['performance-over-100', 'counter-jump'] },
    ],
    [
      'does not take a bad state for a stop',
      [bad('state', 4000), good('state', 6000, 6)],
      { unknownMs: 2000, plannedMs: 8000, availability: 100, flags: ['unknown-time'] },
    ],
    [
      'skips a bad counter and catches up with the next good one',
      [good('total', 1000, 101), bad('total', 2000), good('total', 3000, 105)],
      { total: 5, flags: ['counter-bad'] },
    ],
    [
      'takes an uncertain sample as it is',
      [{ ...good('total', 2000, 105), quality: 'uncertain' }],
      { total: 5, flags: [] },
    ],
    [
      'never takes a stale counter for a count',
      [{ ...good('total', 2000, 105), quality: 'stale' }],
      { total: 0, flags: ['counter-bad'] },
    ],
    [
      'counts a micro-stop as run time',
      [good('state', 4000, 5), good('state', 4999, 6)],
      { runMs: 10_000, microStopMs: 999, stopMs: 0, availability: 100 },
    ],
    [
      'takes a planned stop out of the planned time',
      [good('state', 4000, 2), good('state', 9000, 6)],
      { plannedMs: 5000, plannedStopMs: 5000, availability: 100 },
    ],
    [
      'is null where nothing was planned',
      [good('state', 0, 2)],
      { plannedMs: 0, availability: null, performance: null, oee: null },
    ],
    [
      'tells pieces that were counted while it stood',
      [good('state', 0, 5), good('total', 5000, 103)],
      { availability: 0, total: 3, flags: ['counts-while-not-running'] },
    ],
    ['is told of a reset and counts the new value', [good('total', 1000, 3)], { total: 3, flags: ['counter-reset'] }],
    ['reads 64-bit counters', [good('total', 1000, 106n)], { total: 6 }],
    ['ignores topics that are not its own', [good('temperature', 1000, 21)], { total: 0, flags: [] }],
  ];
  for (const [why, samples, expected] of table) {
    it(why, () => {
      const [window] = run([...plain, ...samples, good('state', 13_000, 6)]);
      assert.ok(window !== undefined);
      const actual = Object.fromEntries(Object.entries(window).filter(([key]) => key in expected));
      assert.deepEqual(actual, expected);
    });
  }

  it('knows no performance before the total counter was read, no quality before the other', () => {
    const [window] = run([good('state', 0, 6), good('state', 13_000, 6)]);
    assert.deepEqual(
      [window?.availability, window?.performance, window?.quality, window?.oee, window?.total, window?.good],
      [100, null, null, null, null, null],
    );
    const [counted] = run([good('state', 0, 6), good('total', 0, 1), good('total', 5000, 6), good('state', 13_000, 6)]);
    assert.deepEqual([counted?.performance, counted?.quality, counted?.oee], [50, null, null]);
  });

  it('says so when a counter was not read from the beginning: pieces before its first reading are missing', () => {
    const end = good('state', 13_000, 6);
    const [late] = run([good('state', 0, 6), good('reject', 0, 1), good('total', 60, 6), good('total', 5000, 9), end]);
    assert.deepEqual([late?.total, late?.unknownMs, late?.flags], [3, 0, ['counter-began-late']]);
    const [second] = run([good('state', 0, 6), good('total', 0, 6), good('reject', 60, 1), end]);
    assert.deepEqual(second?.flags, ['counter-began-late']);
  });

  it('flags both windows where a bad counter catches up in the next', () => {
    const samples = [...plain, bad('total', 9000), good('total', 11_000, 105), good('total', 25_000, 106)];
    assert.deepEqual(
      run(samples).map(({ total, flags }) => [total, flags]),
      [
        [0, ['counter-bad']],
        [5, ['counter-bad']],
      ],
    );
  });

  it('counts good pieces where they are what is counted', () => {
    const second = { kind: 'good', topic: 'reject' } as const;
    const [window] = run([...plain, good('total', 5000, 110), good('reject', 5000, 18), good('state', 13_000, 6)], {
      second,
    });
    assert.deepEqual([window?.total, window?.good, window?.reject, window?.quality], [10, 8, 2, 80]);
  });

  it('waits for late samples until its grace period has passed, and not longer', () => {
    const late = [...plain, good('total', 11_999, 120), good('total', 9000, 109), good('total', 12_000, 121)];
    const [first] = run(late);
    assert.deepEqual([first?.total, first?.flags], [9, []]);
    const tooLate = [...late, good('total', 9500, 110), good('state', 9600, 5), good('total', 22_000, 122)];
    const [, second] = run(tooLate);
    assert.deepEqual([second?.total, second?.flags.includes('late-samples')], [12, true]);
    assert.equal(second?.availability, 0, 'a state that comes late still holds from then on');
  });

  it('waits at least for the length of a micro-stop, so that every stop is judged', () => {
    const samples = [...plain, good('state', 9500, 5), good('total', 12_500, 101), good('state', 14_000, 6), end];
    const [window] = run([...samples, good('total', 15_000, 101)], { microStopMs: 5000 });
    assert.deepEqual([window?.microStopMs, window?.availability], [500, 100]);
  });

  it('waits for the late end of a stop that may still be a micro-stop', () => {
    // The end of the stop, at 10,100, comes when source time has passed the end of the window by the grace period.
    const [window] = run([
      ...plain,
      good('state', 9200, 11),
      good('total', 12_000, 108),
      good('state', 10_100, 6),
      end,
    ]);
    assert.deepEqual([window?.microStopMs, window?.stopMs, window?.availability], [800, 0, 100]);
  });

  it('closes by the clock as well, unless told to go by source time alone', () => {
    const live = createCalculator({ ...settings, closing: 'clock' });
    assert.equal(live.closesAt, undefined);
    live.accept(good('state', NOW + 1, 6), NOW + 5);
    assert.equal(live.closesAt, NOW + 12_000);
    assert.deepEqual(live.close(NOW + 11_999).windows, []);
    assert.deepEqual(
      live.close(NOW + 12_000).windows.map(({ start }) => start),
      [NOW],
    );
    const replay = createCalculator(settings);
    replay.accept(good('state', 1, 6), NOW);
    assert.equal(replay.closesAt, undefined);
    assert.deepEqual(replay.close(NOW + 1e9).windows, []);
  });

  it('of live data begins now: what a broker retained from before is known, and opens no window of its own', () => {
    const live = createCalculator({ ...settings, closing: 'clock' });
    live.accept(good('state', NOW - 7_200_000, 6), NOW);
    live.accept(good('total', NOW - 3_600_000, 100), NOW);
    live.accept(good('total', NOW + 4000, 104), NOW + 4000);
    assert.deepEqual(live.close(NOW + 4000).windows, []);
    const [window] = live.close(NOW + 12_000).windows;
    assert.deepEqual([window?.start, window?.availability, window?.total], [NOW, 100, 4]);
  });

  it('refuses a sample from the far future', () => {
    const calculator = createCalculator(settings);
    assert.equal(calculator.accept(good('state', NOW + FURTHEST_AHEAD_MS + 1, 6), NOW), 'ahead');
    assert.equal(calculator.current(NOW), undefined);
  });

  it('leaves windows out when time jumps, and tells how many', () => {
    const calculator = createCalculator(settings);
    calculator.accept(good('state', 0, 6), NOW);
    calculator.accept(good('state', 10_000 * 2500 + 2000, 6), NOW);
    const { windows, skipped } = calculator.close(NOW);
    assert.deepEqual([windows.length, skipped], [MOST_AT_ONCE, 1500]);
    assert.equal(windows.at(-1)?.end, 10_000 * 2500);
    assert.ok(windows.every(({ availability }) => availability === 100));
  });

  it('so far is told at any time', () => {
    const calculator = createCalculator({ ...settings, closing: 'clock' });
    for (const sample of plain) calculator.accept({ ...sample, sourceTime: NOW }, NOW);
    calculator.accept(good('total', NOW + 2000, 101), NOW + 2000);
    const current = calculator.current(NOW + 4000);
    assert.deepEqual(
      [current?.closed, current?.start, current?.end, current?.runMs, current?.total, current?.performance],
      [false, NOW, NOW + 4000, 4000, 1, 25],
    );
  });

  it('goes on after a restart as if there had been none', () => {
    const samples = [
      ...plain,
      bad('total', 2000),
      good('state', 3000, 5),
      good('total', 4000, 104),
      good('state', 6000, 6),
      end,
    ];
    const whole = run(samples);
    for (let cut = 1; cut < samples.length; cut += 1) {
      const before = createCalculator(settings);
      for (const sample of samples.slice(0, cut)) before.accept(sample, NOW);
      const memory = before.memory();
      assert.ok(memory !== undefined);
      const written: unknown = JSON.parse(JSON.stringify(noteOf(settings, memory)));
      const after = createCalculator(settings, memoryOf(settings, written, NOW));
      const windows = samples.slice(cut).flatMap((sample) => {
        after.accept(sample, NOW);
        return after.close(NOW).windows;
      });
      assert.deepEqual(windows, whole);
    }
  });

  it('begins anew after a restart with other settings, with a torn note, or after its window', () => {
    const calculator = createCalculator({ ...settings, closing: 'clock' });
    calculator.accept(good('state', NOW, 6), NOW);
    const live: OeeConfig = { ...settings, closing: 'clock' };
    const memory = calculator.memory();
    assert.ok(memory !== undefined);
    const note = noteOf(live, memory);
    assert.ok(memoryOf(live, note, NOW + 9000) !== undefined);
    assert.equal(memoryOf({ ...live, idealCycleMs: 5 }, note, NOW), undefined);
    assert.equal(memoryOf({ ...live, runningStates: new Set(['7']) }, note, NOW), undefined);
    assert.equal(memoryOf(live, note, NOW + 12_000), undefined);
    for (const torn of [
      undefined,
      null,
      'x',
      {},
      { ...note, memory: {} },
      { ...note, memory: { ...memory, states: [1] } },
    ]) {
      assert.equal(memoryOf(live, torn, NOW), undefined);
    }
  });
});

describe('OEE of a machine that nobody smoothed', () => {
  const phase = fc.record({
    state: fc.constantFrom(6, 6, 6, 5, 11, 2),
    lengthMs: fc.integer({ min: 1, max: 9000 }),
    cycleMs: fc.integer({ min: 150, max: 900 }),
    rejectEvery: fc.integer({ min: 1, max: 9 }),
    isBlind: fc.boolean(),
  });

  interface Truth {
    states: { start: number; end: number; state: number }[];
    pieces: { at: number; isReject: boolean; isSeen: boolean }[];
    until: number;
  }

  /** What the machine did, before anybody sampled it. */
  function live(
    phases: readonly { state: number; lengthMs: number; cycleMs: number; rejectEvery: number; isBlind: boolean }[],
  ): Truth {
    const truth: Truth = { states: [], pieces: [], until: 0 };
    for (const { state, lengthMs, cycleMs, rejectEvery, isBlind } of phases) {
      const start = truth.until;
      const last = start + lengthMs;
      truth.states.push({ start, end: last, state });
      for (let at = start + cycleMs; state === 6 && at < last; at += cycleMs) {
        truth.pieces.push({ at, isReject: truth.pieces.length % rejectEvery === 0, isSeen: !isBlind });
      }
      truth.until = last;
    }
    return truth;
  }

  /** Millisecond by millisecond, so that it shares nothing with what it judges. */
  function judge(
    truth: Truth,
    window: { start: number; end: number },
  ): Pick<OeeWindow, 'runMs' | 'plannedMs' | 'stopMs'> {
    const stateAt = (time: number): number =>
      truth.states.find(({ start, end: last }) => time >= start && time < last)?.state ?? 6;
    const isStop = (time: number): boolean => ![6, 2].includes(stateAt(time));
    let [runMs, plannedMs, stopMs] = [0, 0, 0];
    for (let time = window.start; time < window.end; time += 1) {
      if (stateAt(time) === 2) continue;
      plannedMs += 1;
      if (!isStop(time)) {
        runMs += 1;
        continue;
      }
      let [from, to] = [time, time];
      while (from > 0 && isStop(from - 1)) from -= 1;
      while (isStop(to)) to += 1;
      if (to - from < settings.microStopMs) runMs += 1;
      else stopMs += 1;
      // The rest of the same stop within the window is judged alike.
      const rest = Math.min(to, window.end) - time - 1;
      plannedMs += rest;
      if (to - from < settings.microStopMs) runMs += rest;
      else stopMs += rest;
      time += rest;
    }
    return { runMs, plannedMs, stopMs };
  }

  it('equals the truth of its event log to 1e-6, with wraps, stops, micro-stops, blind counters and samples out of order', () => {
    const delays = fc.array(fc.integer({ min: 0, max: 1900 }), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(
        fc.array(phase, { minLength: 3, maxLength: 14 }),
        fc.nat(65_535),
        fc.nat(65_535),
        delays,
        (phases, total0, reject0, delay) => {
          const truth = live(phases);
          let [total, reject] = [total0, reject0];
          const samples: Sample[] = [good('total', 0, total), good('reject', 0, reject)];
          for (const { start, state } of truth.states) samples.push(good('state', start, state));
          for (const { at, isReject, isSeen } of truth.pieces) {
            total = (total + 1) % 65_536;
            samples.push(isSeen ? good('total', at, total) : bad('total', at));
            if (!isReject) continue;
            reject = (reject + 1) % 65_536;
            samples.push(good('reject', at, reject));
          }
          samples.push(good('state', truth.until, 6), good('state', truth.until + 20_000, 6));
          const arriving = samples
            .map((sample, at) => ({ sample, arrival: sample.sourceTime + (delay[at % 20] ?? 0) }))
            .toSorted((left, right) => left.arrival - right.arrival);
          const windows = run(arriving.map(({ sample }) => sample));
          assert.ok(windows.length >= Math.floor(truth.until / 10_000));
          for (const window of windows) {
            const { runMs, plannedMs, stopMs } = judge(truth, window);
            assert.deepEqual([window.runMs, window.plannedMs, window.stopMs], [runMs, plannedMs, stopMs]);
            // A blind counter is caught up by the next seen piece: the pieces up to the last seen one are counted.
            const seenBefore = (time: number): number =>
              truth.pieces.findLastIndex(({ at, isSeen }) => at < time && isSeen) + 1;
            const counted = seenBefore(window.end) - seenBefore(window.start);
            const rejected = truth.pieces.filter(
              ({ at, isReject }) => isReject && at >= window.start && at < window.end,
            ).length;
            assert.deepEqual([window.total, window.reject], [counted, rejected]);
            const expected = plannedMs === 0 ? null : (100 * (counted - rejected) * settings.idealCycleMs) / plannedMs;
            if (expected === null) assert.equal(window.oee, null);
            else assert.ok(Math.abs((window.oee ?? Number.NaN) - expected) <= 1e-6);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
