import { type CounterOptions, parseTopic } from '@bulkhead/core';
import { type ConfigReader, configReader } from '@bulkhead/node-kit';
import {
  CLOSINGS,
  COUNTER_WIDTHS,
  oeeDefaults as defaults,
  oeeLimits as limits,
  SECOND_COUNTERS,
  WINDOW_UNITS,
} from './defaults.ts';

export interface OeeConfig {
  readonly stateTopic: string;
  /** States in which the machine produces, as text. */
  readonly runningStates: ReadonlySet<string>;
  /** States that are taken out of the planned time, as text. */
  readonly plannedStates: ReadonlySet<string>;
  readonly totalTopic: string;
  /** The counter beside the total one, if there is one. */
  readonly second: { readonly kind: 'reject' | 'good'; readonly topic: string } | undefined;
  readonly counter: CounterOptions;
  readonly idealCycleMs: number;
  readonly windowMs: number;
  /** Window borders lie at this plus whole multiples of windowMs, in epoch milliseconds UTC. */
  readonly windowOffsetMs: number;
  /** A stop shorter than this is slow running, not a stop. */
  readonly microStopMs: number;
  /** Late samples are waited for this long. */
  readonly graceMs: number;
  /** What may close a window: `clock` the wall clock or source time, `source` source time alone. */
  readonly closing: 'clock' | 'source';
  /** Between two running values; 0 for none. */
  readonly currentMs: number;
  /** The topic below which the figures are named; empty for none. */
  readonly resultTopic: string;
}

const unitMs = { s: 1000, min: 60_000, h: 3_600_000 } as const;

/** Reads an `oee` node; `problems` has one line for each property that cannot be used. Never throws. */
export function readOee(raw: unknown): { config: OeeConfig; problems: readonly string[] } {
  const read = configReader(raw);
  const secondKind = read.choice('secondCounter', SECOND_COUNTERS, defaults.secondCounter);
  const width = read.choice('counterWidth', COUNTER_WIDTHS, defaults.counterWidth);
  const windowUnit = read.choice('windowUnit', WINDOW_UNITS, defaults.windowUnit);
  const config: OeeConfig = {
    stateTopic: tagTopic(read, 'stateTopic'),
    runningStates: states(read.text('runningStates', defaults.runningStates)),
    plannedStates: states(read.text('plannedStates', defaults.plannedStates)),
    totalTopic: tagTopic(read, 'totalTopic'),
    second: secondKind === 'none' ? undefined : { kind: secondKind, topic: tagTopic(read, 'secondTopic') },
    counter: {
      width: width === 'none' ? width : width === '16' ? 16 : 32,
      maxStep: read.number('maxStep', defaults.maxStep, limits.maxStep),
    },
    idealCycleMs: read.number('idealCycleS', defaults.idealCycleS, limits.idealCycleS) * 1000,
    windowMs: read.number('windowLength', defaults.windowLength, limits.windowLength) * unitMs[windowUnit],
    windowOffsetMs: read.number('windowOffsetMin', defaults.windowOffsetMin, limits.windowOffsetMin) * unitMs.min,
    microStopMs: read.number('microStopS', defaults.microStopS, limits.microStopS) * 1000,
    graceMs: read.number('graceS', defaults.graceS, limits.graceS) * 1000,
    closing: read.choice('closing', CLOSINGS, defaults.closing),
    currentMs: read.number('currentS', defaults.currentS, limits.currentS) * 1000,
    resultTopic: resultTopic(read),
  };
  if (config.runningStates.size === 0) read.problem('runningStates names no state in which the machine runs');
  for (const state of config.plannedStates) {
    if (config.runningStates.has(state)) read.problem(`${state} is both a running and a planned-stop state`);
  }
  const topics = [config.stateTopic, config.totalTopic, config.second?.topic].filter((topic) => topic);
  if (new Set(topics).size < topics.length) read.problem('the state and the counters need a topic each');
  return { config, problems: read.problems };
}

/** Not held to the grammar of the Unified Namespace: the samples may come from anywhere. */
function tagTopic(read: ConfigReader, property: 'stateTopic' | 'totalTopic' | 'secondTopic'): string {
  const topic = read.text(property, defaults[property]);
  if (topic === '') read.problem(`${property} is missing: name the tag`);
  return topic;
}

function resultTopic(read: ConfigReader): string {
  const topic = read.text('resultTopic', defaults.resultTopic);
  const parsed = topic === '' ? undefined : parseTopic(`${topic}.oee`);
  if (parsed?.ok === false) read.problem(`resultTopic ${topic} cannot be used: ${parsed.message}`);
  return topic;
}

function states(list: string): ReadonlySet<string> {
  return new Set(
    list
      .split(',')
      .map((state) => state.trim())
      .filter((state) => state !== ''),
  );
}
