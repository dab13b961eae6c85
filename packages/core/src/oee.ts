/**
 * Overall equipment effectiveness after ISO 22400-2, pure arithmetic.
 * All times of one call are in one unit of the caller's choice, percentages are 0..100.
 * A ratio without a denominator is null, never 0 or 100. Nothing is clamped: what cannot be is flagged.
 */

export interface OeeInput {
  /** Planned busy time (PBT). */
  planned: number;
  /** Actual production time (APT). */
  run: number;
  /** Planned run time per item (PRI): the ideal cycle time. */
  idealCycle: number;
  /** Produced quantity (PQ): good and reject together; null when unknown. */
  total: number | null;
  /** Good quantity (GQ); null when unknown. */
  good: number | null;
}

export type OeeFlag =
  /** Pieces were counted while the machine did not run: the state or the counter is wrong. */
  | 'counts-while-not-running'
  /** Ideal cycle time too long, or run time under-recorded. */
  | 'performance-over-100'
  | 'run-over-planned'
  | 'good-over-total'
  | 'negative-input';

export interface OeeFactors {
  availability: number | null;
  performance: number | null;
  quality: number | null;
  oee: number | null;
}

export interface OeeResult extends OeeFactors {
  flags: OeeFlag[];
}

/** Rounding of sums of milliseconds must not raise a flag. */
const FLAG_TOLERANCE = 1e-9;

/**
 * availability = run / planned, performance = total × idealCycle / run, quality = good / total,
 * oee = good × idealCycle / planned, which is their product and is defined where a factor is not (no run, no pieces).
 */
export function oee(input: OeeInput): OeeResult {
  return oeeOfMachines([input]);
}

/**
 * Several machines or windows as one: times add up, and pieces add up as ideal time, so that a slow product weighs more
 * than a fast one. Not the mean of the percentages.
 */
export function oeeOfMachines(machines: readonly OeeInput[]): OeeResult {
  const planned = sum(machines, (machine) => machine.planned);
  const run = sum(machines, (machine) => machine.run);
  const isTotalKnown = machines.every((machine) => machine.total !== null);
  const isGoodKnown = machines.every((machine) => machine.good !== null);
  const idealTotal = sum(machines, (machine) => (machine.total ?? 0) * machine.idealCycle);
  const idealGood = sum(machines, (machine) => (machine.good ?? 0) * machine.idealCycle);
  const isSingle = machines.length === 1 ? machines[0] : undefined;
  // One machine: by pieces, so that an ideal cycle of 0 (not configured) still has a quality.
  const quality = isSingle ? percent(isSingle.good ?? 0, isSingle.total ?? 0) : percent(idealGood, idealTotal);
  return {
    availability: percent(run, planned),
    performance: isTotalKnown ? percent(idealTotal, run) : null,
    quality: isTotalKnown && isGoodKnown ? quality : null,
    oee: isGoodKnown ? percent(idealGood, planned) : null,
    flags: [...new Set(machines.flatMap(flagsOf))],
  };
}

function flagsOf({ planned, run, idealCycle, total: totalOrNull, good }: OeeInput): OeeFlag[] {
  const flags: OeeFlag[] = [];
  const total = totalOrNull ?? 0;
  if ([planned, run, idealCycle, total, good ?? 0].some((quantity) => quantity < 0)) flags.push('negative-input');
  if (run === 0 && total > 0) flags.push('counts-while-not-running');
  if (run > 0 && exceeds(total * idealCycle, run)) flags.push('performance-over-100');
  if (exceeds(run, planned)) flags.push('run-over-planned');
  if (good !== null && totalOrNull !== null && exceeds(good, total)) flags.push('good-over-total');
  return flags;
}

function exceeds(left: number, right: number): boolean {
  return left > right + FLAG_TOLERANCE * Math.abs(right);
}

/** numerator / denominator in percent; null when the denominator is 0. */
export function percent(numerator: number, denominator: number): number | null {
  return denominator === 0 ? null : (100 * numerator) / denominator;
}

/** Net equipment effectiveness: as OEE, but set-up time (`setup`, AUST) is not a loss. In percent. */
export function netEquipmentEffectiveness(input: OeeInput & { setup: number }): number | null {
  const { performance, quality } = oee(input);
  const availability = percent(input.run + input.setup, input.planned);
  if (availability === null || performance === null || quality === null) return null;
  return (availability * performance * quality) / 10_000;
}

/** Total effective equipment performance: OEE over all the hours there are. `scheduled` and `calendar` in one unit. */
export function teep(input: { oee: number; scheduled: number; calendar: number }): {
  utilization: number | null;
  teep: number | null;
} {
  const utilization = percent(input.scheduled, input.calendar);
  return { utilization, teep: utilization === null ? null : (input.oee * utilization) / 100 };
}

/** Good pieces over the pieces that the time would have allowed, in percent. */
export function simpleOee(input: { good: number; theoretical: number }): number | null {
  return percent(input.good, input.theoretical);
}

/** What slow running cost: `idealOutput` and `lostUnits` in pieces, `lostTime` in the unit of `run`, rest in percent. */
export function speedLoss(input: { run: number; idealCycle: number; total: number }): {
  performance: number | null;
  speedLoss: number | null;
  idealOutput: number | null;
  lostUnits: number | null;
  lostTime: number;
} {
  const { run, idealCycle, total } = input;
  const performance = percent(total * idealCycle, run);
  const idealOutput = idealCycle === 0 ? null : run / idealCycle;
  return {
    performance,
    speedLoss: performance === null ? null : 100 - performance,
    idealOutput,
    lostUnits: idealOutput === null ? null : idealOutput - total,
    lostTime: run - total * idealCycle,
  };
}

/** Time lost to short stops, in the unit of `average`. */
export function minorStopLoss(input: { stops: number; average: number }): number {
  return input.stops * input.average;
}

/** Mean time between failures, in the unit of `operating`; null without a failure. */
export function meanTimeBetweenFailures(input: { operating: number; failures: number }): number | null {
  return input.failures === 0 ? null : input.operating / input.failures;
}

/** Mean time to repair, in the unit of `downtime`; null without a failure. */
export function meanTimeToRepair(input: { downtime: number; failures: number }): number | null {
  return input.failures === 0 ? null : input.downtime / input.failures;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
