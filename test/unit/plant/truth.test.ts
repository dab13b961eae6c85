import { deepEqual, equal } from 'node:assert/strict';
import type { TruthLine } from '../../../packages/plant/src/log/truth-line.ts';
import { oeeTruth, stateIntervals } from '../../../packages/plant/src/truth.ts';

const lines: TruthLine[] = [
  { type: 'start', at: 0, run: 0, seed: 1, speed: 1, source: 'line' },
  { type: 'state', machine: 'filler', at: 0, state: 6 },
  { type: 'count', machine: 'filler', at: 0, total: 65_530, rejects: 10 },
  { type: 'state', machine: 'capper', at: 0, state: 9 },
  { type: 'count', machine: 'filler', at: 1000, total: 65_531, rejects: 10 },
  { type: 'state', machine: 'filler', at: 2000, state: 10 },
  { type: 'state', machine: 'filler', at: 2100, state: 11 },
  { type: 'state', machine: 'filler', at: 2500, state: 6 },
  { type: 'count', machine: 'filler', at: 3000, total: 65_540, rejects: 12 },
  { type: 'state', machine: 'filler', at: 6000, state: 9 },
  { type: 'state', machine: 'filler', at: 9000, state: 6 },
  { type: 'count', machine: 'filler', at: 10_000, total: 65_541, rejects: 12 },
];
const log = [...lines.map((line) => JSON.stringify(line)), '{"type":"sta'];
const options = { runningStates: [6], microStopMs: 1000, idealCycleMs: 500 };

describe('the OEE truth of a window', () => {
  it('takes a micro-stop as slow running and a stop as lost time', () => {
    const truth = oeeTruth(log, 'filler', 0, 10_000, options);
    deepEqual(
      [truth.plannedMs, truth.runMs, truth.total, truth.rejects, truth.good, truth.stops, truth.microStops],
      [10_000, 7000, 10, 2, 8, 1, 1],
    );
    equal(truth.availability, 70);
    equal(truth.performance, (10 * 500 * 100) / 7000);
    equal(truth.quality, 80);
    equal(truth.oee, 40);
  });

  it('takes every stop as lost time without a limit for micro-stops', () => {
    equal(oeeTruth(log, 'filler', 0, 10_000, { ...options, microStopMs: 0 }).runMs, 6500);
  });

  it('begins with its start and ends before its end', () => {
    equal(oeeTruth(log, 'filler', 1000, 3000, options).total, 1);
    equal(oeeTruth(log, 'filler', 1001, 3001, options).total, 9);
    equal(oeeTruth(log, 'filler', 10_000, 10_001, options).total, 1);
  });

  it('judges a stop by its whole length where the window cuts it', () => {
    equal(oeeTruth(log, 'filler', 8500, 9000, options).runMs, 0);
    equal(oeeTruth(log, 'filler', 2000, 2500, options).runMs, 500);
  });

  it('has no ratio without a denominator', () => {
    const truth = oeeTruth(log, 'filler', 6000, 8000, options);
    deepEqual([truth.availability, truth.performance, truth.quality, truth.oee], [0, null, null, 0]);
    equal(oeeTruth(log, 'filler', 6000, 6000, options).availability, null);
  });

  it('keeps machines apart', () => {
    deepEqual(stateIntervals(log, 'capper'), [{ start: 0, end: Infinity, state: 9 }]);
  });
});
