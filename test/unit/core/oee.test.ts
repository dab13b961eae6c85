import assert from 'node:assert/strict';
import {
  meanTimeBetweenFailures,
  meanTimeToRepair,
  minorStopLoss,
  netEquipmentEffectiveness,
  type OeeFactors,
  type OeeInput,
  type OeeResult,
  oee,
  oeeOfMachines,
  percent,
  simpleOee,
  speedLoss,
  teep,
} from '@bulkhead/core';
import fc from 'fast-check';
import { withOeeExamples } from './oee-examples.ts';

/** The shared examples are rounded to four digits. */
function near(actual: number | null, expected: number, tolerance = 0.00006): void {
  assert.ok(actual !== null && Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

function factorsNear(actual: OeeFactors, expected: { [K in keyof OeeFactors]?: number | undefined }): void {
  if (expected.availability !== undefined) near(actual.availability, expected.availability);
  if (expected.performance !== undefined) near(actual.performance, expected.performance);
  if (expected.quality !== undefined) near(actual.quality, expected.quality);
  if (expected.oee !== undefined) near(actual.oee, expected.oee);
}

describe('OEE', () => {
  it('of a worked shift: 480 min planned, 420 run, 60 s ideal, 400 pieces, 380 good', () => {
    factorsNear(oee({ planned: 480, run: 420, idealCycle: 1, total: 400, good: 380 }), {
      availability: 87.5,
      performance: 95.23809523,
      quality: 95,
      oee: 79.1666666,
    });
  });

  const undefinedRatios: readonly [why: string, input: OeeInput, expected: OeeResult][] = [
    [
      'nothing planned: availability and OEE are unknown, not 100',
      { planned: 0, run: 0, idealCycle: 1, total: 0, good: 0 },
      { availability: null, performance: null, quality: null, oee: null, flags: [] },
    ],
    [
      'planned and never run: OEE is 0',
      { planned: 60, run: 0, idealCycle: 1, total: 0, good: 0 },
      { availability: 0, performance: null, quality: null, oee: 0, flags: [] },
    ],
    [
      'run and nothing made: performance is 0',
      { planned: 60, run: 60, idealCycle: 1, total: 0, good: 0 },
      { availability: 100, performance: 0, quality: null, oee: 0, flags: [] },
    ],
    [
      'counted while it stood: flagged',
      { planned: 60, run: 0, idealCycle: 1, total: 6, good: 3 },
      { availability: 0, performance: null, quality: 50, oee: 5, flags: ['counts-while-not-running'] },
    ],
    [
      'no good count: quality and OEE are unknown',
      { planned: 60, run: 30, idealCycle: 1, total: 15, good: null },
      { availability: 50, performance: 50, quality: null, oee: null, flags: [] },
    ],
    [
      'no total count: only availability is known',
      { planned: 60, run: 30, idealCycle: 1, total: null, good: null },
      { availability: 50, performance: null, quality: null, oee: null, flags: [] },
    ],
    [
      'faster than ideal: told, not clamped',
      { planned: 60, run: 50, idealCycle: 1, total: 60, good: 60 },
      { availability: (100 * 50) / 60, performance: 120, quality: 100, oee: 100, flags: ['performance-over-100'] },
    ],
    [
      'more good than made and more run than planned: told, not clamped',
      { planned: 50, run: 100, idealCycle: 1, total: 10, good: 20 },
      { availability: 200, performance: 10, quality: 200, oee: 40, flags: ['run-over-planned', 'good-over-total'] },
    ],
  ];
  for (const [why, input, expected] of undefinedRatios) it(why, () => assert.deepEqual(oee(input), expected));

  it('is the product of its three factors wherever they are defined', () => {
    const positive = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(
        positive,
        positive,
        positive,
        positive,
        fc.nat(1_000_000),
        (planned, run, idealCycle, total, good) => {
          const result = oee({ planned, run, idealCycle, total, good });
          assert.ok(result.oee !== null);
          const product = ((result.availability ?? 0) * (result.performance ?? 0) * (result.quality ?? 0)) / 10_000;
          assert.ok(Math.abs(product - result.oee) <= 1e-9 * Math.max(1, result.oee));
        },
      ),
    );
  });

  it('of one machine cut into any windows is the OEE of the whole', () => {
    const part = fc.record({
      planned: fc.integer({ min: 1, max: 1000 }),
      run: fc.nat(1000),
      idealCycle: fc.constant(2),
      total: fc.nat(1000),
      good: fc.nat(1000),
    });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), (parts) => {
        const sum = (key: 'planned' | 'run' | 'total' | 'good'): number =>
          parts.reduce((all, one) => all + one[key], 0);
        const whole = oee({
          planned: sum('planned'),
          run: sum('run'),
          idealCycle: 2,
          total: sum('total'),
          good: sum('good'),
        });
        const rolled = oeeOfMachines(parts);
        for (const key of ['availability', 'performance', 'quality', 'oee'] as const) {
          const expected = whole[key];
          if (expected === null) assert.equal(rolled[key], null);
          else near(rolled[key], expected, 1e-9 * Math.max(1, expected));
        }
      }),
    );
  });

  it('of two machines weighs each by its planned time, not by its name', () => {
    const machines = [
      { planned: 100, run: 90, idealCycle: 1, total: 80, good: 80 },
      { planned: 900, run: 450, idealCycle: 1, total: 400, good: 300 },
    ];
    factorsNear(oeeOfMachines(machines), { availability: 54, performance: 88.8889, quality: 79.1667, oee: 38 });
  });

  it('has relatives that are null without a denominator', () => {
    assert.equal(percent(1, 0), null);
    assert.equal(simpleOee({ good: 1, theoretical: 0 }), null);
    assert.equal(meanTimeBetweenFailures({ operating: 1, failures: 0 }), null);
    assert.equal(meanTimeToRepair({ downtime: 1, failures: 0 }), null);
    assert.deepEqual(teep({ oee: 60, scheduled: 1, calendar: 0 }), { utilization: null, teep: null });
    assert.deepEqual(speedLoss({ run: 0, idealCycle: 0, total: 0 }), {
      performance: null,
      speedLoss: null,
      idealOutput: null,
      lostUnits: null,
      lostTime: 0,
    });
    assert.equal(netEquipmentEffectiveness({ planned: 0, run: 0, idealCycle: 1, total: 0, good: 0, setup: 0 }), null);
  });

  withOeeExamples((examples) => {
    for (const { id, inputs, exact_percent } of examples.apq) {
      it(`is as the shared example says: ${id}`, () => {
        const { planned_production_time: planned, run_time: run, ideal_cycle_time: idealCycle } = inputs;
        const result = oee({ planned, run, idealCycle, total: inputs.total_count, good: inputs.good_count });
        factorsNear(result, exact_percent);
      });
    }

    it('rolls machines up as the shared examples say', () => {
      const machines = examples.rollup.inputs.machines.map(({ ideal_cycle_time: idealCycle, ...machine }) => ({
        ...machine,
        idealCycle,
      }));
      factorsNear(oeeOfMachines(machines), examples.rollup.exact_percent);
      const unequal = examples.unequal.machines.map(([planned, run, idealCycle, total, good]) => ({
        planned,
        run,
        idealCycle,
        total,
        good,
      }));
      factorsNear(oeeOfMachines(unequal), examples.unequal.expected_percent);
    });

    it('has its first two factors without a good count, as the shared example says', () => {
      const { planned_availability: planned, uptime: run, standard_cycle_time: idealCycle } = examples.ap.inputs;
      const result = oee({ planned, run, idealCycle, total: examples.ap.inputs.completed_cycles, good: null });
      factorsNear(result, examples.ap.exact_percent);
      assert.equal(result.oee, null);
    });

    it('becomes TEEP over all hours, as the shared examples say', () => {
      const { inputs, exact_percent } = examples.teep;
      const result = teep({
        oee: inputs.oee_percent,
        scheduled: inputs.scheduled_hours,
        calendar: inputs.calendar_hours,
      });
      near(result.utilization, exact_percent.utilization);
      near(result.teep, exact_percent.teep);
      const rate = examples.teepOfRate;
      const {
        ideal_rate_per_min,
        good_parts: good,
        scheduled_hours: scheduled,
        calendar_hours: calendar,
      } = rate.inputs;
      const oeeOfRate = simpleOee({ good, theoretical: ideal_rate_per_min * 60 * scheduled });
      near(oeeOfRate, rate.exact_percent.oee);
      near(teep({ oee: oeeOfRate ?? 0, scheduled, calendar }).teep, rate.exact_percent.teep);
    });

    it('has the reliability, speed loss, simple and minor stop figures of the shared examples', () => {
      const { mtbf, mttr } = examples.reliability.inputs;
      const operating = { operating: mtbf.operating_hours, failures: mtbf.failures };
      near(meanTimeBetweenFailures(operating), examples.reliability.exact.mtbf_h);
      near(
        meanTimeToRepair({ downtime: mttr.downtime_hours, failures: mttr.failures }),
        examples.reliability.exact.mttr_h,
      );
      const { inputs, exact_percent, published_other } = examples.performance;
      const run = inputs.planned - inputs.unplanned_downtime;
      const loss = speedLoss({ run, idealCycle: inputs.ideal_cycle_time_s / 60, total: inputs.total });
      near(loss.performance, exact_percent.performance);
      near(loss.speedLoss, exact_percent.speed_loss);
      near(loss.idealOutput, published_other.ideal_output);
      near(loss.lostUnits, published_other.lost_units);
      near(loss.lostTime, published_other.lost_time_min);
      const { good_count: good, theoretical_count: theoretical } = examples.simple.inputs;
      near(simpleOee({ good, theoretical }), examples.simple.exact_percent.oee);
      const losses = examples.minorStops.inputs.map(({ stops, avg_min: average }) => minorStopLoss({ stops, average }));
      assert.deepEqual(losses, examples.minorStops.exact);
    });

    it('counts no set-up as loss in NEE, as the shared example says', () => {
      const { PBT: planned, APT: run, AUST: setup, PRI: idealCycle, PQ: total, GQ: good } = examples.nee.inputs;
      const input = { planned, run, idealCycle, total, good };
      near(oee(input).oee, examples.nee.expected_percent.oee);
      near(netEquipmentEffectiveness({ ...input, setup }), examples.nee.expected_percent.nee);
    });

    it('treats zero denominators and performance over 100 as the shared examples say', () => {
      for (const { planned, run = 0, total = 0, expected } of examples.zeroDenominators.cases) {
        const result = oee({ planned, run, idealCycle: 1, total, good: total });
        for (const [, factor, value] of expected.matchAll(/(availability|performance|quality|oee) (null|\d+)/g)) {
          const actual: unknown = new Map(Object.entries(result)).get(factor ?? '');
          assert.equal(actual, value === 'null' ? null : Number(value), `${factor} of ${expected}`);
        }
        if (expected.includes('data conflict')) assert.deepEqual(result.flags, ['counts-while-not-running']);
      }
      const { ideal_cycle_time: idealCycle, ...input } = examples.over.inputs;
      const over = oee({ ...input, idealCycle });
      near(over.performance, examples.over.expected.performance);
      near(over.oee, examples.over.expected.oee);
      assert.deepEqual(over.flags, ['performance-over-100']);
    });
  });
});
