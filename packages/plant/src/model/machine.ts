import type { LineEvent, MachineName, Process } from './event.ts';
import { packml } from './packml.ts';
import { durationBetween, type Random } from './random.ts';

export interface MachineParameters {
  name: MachineName;
  /** Milliseconds per bottle at the rated speed. */
  idealCycleMs: number;
  /** True counts at the start; the counters on the wire show them modulo 65,536. */
  total: number;
  rejects: number;
  rejectShare: number;
  shortestRunMs: number;
  longestRunMs: number;
  /** Share of the stops that are micro-stops. */
  microStopShare: number;
}

export interface Machine extends Process {
  readonly name: MachineName;
  readonly state: number;
  readonly stateSince: number;
  readonly total: number;
  readonly rejects: number;
}

interface Phase {
  state: number;
  durationMs: number;
}

function microStop(random: Random): Phase[] {
  const starved = random() < 0.5;
  const [into, within, out] = starved
    ? [packml.suspending, packml.suspended, packml.unsuspending]
    : [packml.holding, packml.held, packml.unholding];
  return [
    { state: into, durationMs: 300 },
    { state: within, durationMs: durationBetween(random, 1500, 7000) },
    { state: out, durationMs: 500 },
  ];
}

function breakdown(random: Random): Phase[] {
  return [
    { state: packml.aborting, durationMs: 800 },
    { state: packml.aborted, durationMs: durationBetween(random, 12_000, 45_000) },
    { state: packml.clearing, durationMs: 1500 },
    { state: packml.stopped, durationMs: durationBetween(random, 2000, 6000) },
    { state: packml.resetting, durationMs: 1500 },
    { state: packml.idle, durationMs: 1000 },
    { state: packml.starting, durationMs: 2000 },
  ];
}

/** A machine that runs, stops for a moment or for long, and counts bottles while it runs. Starts in Idle. */
export function createMachine(parameters: MachineParameters, random: Random): Machine {
  const { name, idealCycleMs, rejectShare } = parameters;
  let phases: Phase[] = [{ state: packml.starting, durationMs: 2000 }];
  let state: number = packml.idle;
  let stateSince = 0;
  let phaseEnd = 500;
  let nextBottle = Infinity;
  let cycleMs = idealCycleMs;
  let { total, rejects } = parameters;

  function nextCycle(): number {
    return Math.round(cycleMs * (0.97 + random() * 0.06));
  }

  function enter(phase: Phase, at: number): LineEvent[] {
    state = phase.state;
    stateSince = at;
    phaseEnd = at + phase.durationMs;
    nextBottle = Infinity;
    if (state === packml.execute) {
      // Never faster than rated even with the jitter of a cycle: performance stays below 100 %.
      cycleMs = idealCycleMs * (1.04 + random() * 0.16);
      nextBottle = at + nextCycle();
    }
    return [{ kind: 'state', at, machine: name, state }];
  }

  function nextPhase(at: number): LineEvent[] {
    if (state === packml.execute) {
      phases = random() < parameters.microStopShare ? microStop(random) : breakdown(random);
    }
    const phase = phases.shift() ?? {
      state: packml.execute,
      durationMs: durationBetween(random, parameters.shortestRunMs, parameters.longestRunMs),
    };
    return enter(phase, at);
  }

  function countBottle(at: number): LineEvent[] {
    total += 1;
    if (random() < rejectShare) rejects += 1;
    nextBottle = at + nextCycle();
    return [{ kind: 'count', at, machine: name, total, rejects }];
  }

  return {
    name,
    get state() {
      return state;
    },
    get stateSince() {
      return stateSince;
    },
    get total() {
      return total;
    },
    get rejects() {
      return rejects;
    },
    get due() {
      return Math.min(phaseEnd, nextBottle);
    },
    step() {
      return phaseEnd <= nextBottle ? nextPhase(phaseEnd) : countBottle(nextBottle);
    },
  };
}
