import assert from 'node:assert/strict';
import type { Sample } from '@bulkhead/core';
import { createCalculator } from '../../../nodes/oee/src/oee/calculator.ts';
import type { OeeConfig } from '../../../nodes/oee/src/oee/config.ts';
import type { OeeWindow } from '../../../nodes/oee/src/oee/result.ts';
import type { TruthLine } from '../../../packages/plant/src/log/truth-line.ts';
import { packml } from '../../../packages/plant/src/model/packml.ts';
import { createLine, idealCycleMs } from '../../../packages/plant/src/model/line.ts';
import { oeeTruth } from '../../../packages/plant/src/truth.ts';
import { settings } from './settings.ts';

const start = Date.UTC(2026, 0, 5, 6);
const minutes = 30;

const config: OeeConfig = {
  ...settings,
  stateTopic: 'Filler.State',
  totalTopic: 'Filler.TotalCount',
  second: { kind: 'reject', topic: 'Filler.RejectCount' },
  runningStates: new Set([String(packml.execute)]),
  plannedStates: new Set(),
  idealCycleMs: idealCycleMs.filler,
  windowMs: 60_000,
  microStopMs: 8500,
  graceMs: 2000,
};

/** What the plant shows of its filler, and what it knows of it. */
function simulate(seed: number): { samples: Sample[]; log: string[]; blind: { from: number; to: number }[] } {
  // The speed only thins out the vibration, which would be most of the work.
  const line = createLine({ seed, speed: 1000 });
  const samples: Sample[] = [];
  const lines: TruthLine[] = [];
  const blind: { from: number; to: number }[] = [];
  for (const event of [...line.begin(), ...line.advance(minutes * 60_000)]) {
    const at = start + event.at;
    if ('machine' in event && event.machine !== 'filler') continue;
    if (event.kind === 'state') lines.push({ type: 'state', machine: event.machine, at, state: event.state });
    if (event.kind === 'count') {
      lines.push({ type: 'count', machine: event.machine, at, total: event.total, rejects: event.rejects });
    }
    if (event.kind !== 'value') continue;
    const { tag: topic, value, quality } = event;
    samples.push({ topic, value, quality, sourceTime: at });
    if (topic !== config.totalTopic) continue;
    if (quality === 'bad') blind.push({ from: at, to: Number.POSITIVE_INFINITY });
    else if (blind.at(-1)?.to === Number.POSITIVE_INFINITY)
      blind[blind.length - 1] = { from: blind.at(-1)?.from ?? at, to: at };
  }
  return { samples, log: lines.map((entry) => JSON.stringify(entry)), blind };
}

function near(actual: number | null, expected: number | null, what: string): void {
  if (actual === null || expected === null) assert.equal(actual, expected, what);
  else assert.ok(Math.abs(actual - expected) <= 1e-6, `${what}: ${actual} is not ${expected}`);
}

describe("OEE from the simulated plant's samples", () => {
  for (const seed of [1, 7, 42]) {
    it(`equals the plant's own truth to 1e-6 in every window, seed ${seed}`, () => {
      const { samples, log, blind } = simulate(seed);
      const calculator = createCalculator(config);
      const windows: OeeWindow[] = samples.flatMap((sample) => {
        calculator.accept(sample, start);
        return calculator.close(start).windows;
      });
      assert.ok(windows.length >= minutes - 2);
      const seen = { wraps: 0, stops: 0, microStops: 0, blindSpells: 0 };
      const totals = samples.filter(({ topic, quality }) => topic === config.totalTopic && quality === 'good');
      const wrap = totals.find(({ value }, at) => value === 0 && totals[at - 1]?.value === 65_535);
      for (const window of windows) {
        // What a counter could not see at the border is counted after it, and the plant knows better.
        if (blind.some(({ from, to }) => [window.start, window.end].some((border) => from <= border && border <= to)))
          continue;
        const truth = oeeTruth(log, 'filler', window.start, window.end, {
          runningStates: [packml.execute],
          microStopMs: config.microStopMs,
          idealCycleMs: config.idealCycleMs,
        });
        const where = `window ${(window.start - start) / 60_000}`;
        near(window.runMs, truth.runMs, where);
        near(window.plannedMs, truth.plannedMs, where);
        assert.deepEqual([window.total, window.good, window.reject], [truth.total, truth.good, truth.rejects], where);
        for (const factor of ['availability', 'performance', 'quality', 'oee'] as const) {
          near(window[factor], truth[factor], `${factor} of ${where}`);
        }
        const holds = (time: number): boolean => time >= window.start && time < window.end;
        seen.wraps += holds(wrap?.sourceTime ?? 0) ? 1 : 0;
        seen.stops += window.stopMs > 0 ? 1 : 0;
        seen.microStops += window.microStopMs > 0 ? 1 : 0;
        seen.blindSpells += blind.filter(({ from }) => holds(from)).length;
      }
      for (const [what, count] of Object.entries(seen)) assert.ok(count > 0, `no window with ${what}`);
    });
  }
});
