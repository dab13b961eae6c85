import type { TimeWindow } from '@bulkhead/core';

export type StateValue = number | string | boolean | null;

/** From `time` on the machine is in `state`; null: nobody knows. */
export interface StateEntry {
  time: number;
  state: StateValue;
  /** Unknown because its source fell silent, not because the source said so. */
  isStale?: boolean;
}

export type TimeKind = 'run' | 'stop' | 'micro-stop' | 'planned-stop' | 'unknown';

/** A stretch in one state, half-open like a window, epoch milliseconds. */
export interface TimelineEntry {
  start: number;
  end: number;
  state: StateValue;
  kind: TimeKind;
}

export interface StateRules {
  readonly runningStates: ReadonlySet<string>;
  readonly plannedStates: ReadonlySet<string>;
  readonly microStopMs: number;
}

export interface Times {
  /** Window less planned stops and unknown time. Always runMs + stopMs. */
  plannedMs: number;
  /** Time in a running state plus microStopMs. */
  runMs: number;
  stopMs: number;
  microStopMs: number;
  plannedStopMs: number;
  unknownMs: number;
}

/**
 * What the machine did within a window.
 *
 * - A state holds from its source time until the source time of the next one. Before the first one it is unknown.
 * - A state that is neither running, nor planned, nor unknown is a stop; neighbouring ones are one stop together.
 * - A stop shorter than microStopMs is a micro-stop. It is judged by its whole length, also where the window cuts it.
 *   Running, planned and unknown time end a stop.
 *
 * @param entries sorted by time; may begin before the window and go on after it.
 * @param knownUntil the last state holds until here; at least the end of the window.
 */
export function timelineOf(
  entries: readonly StateEntry[],
  window: TimeWindow,
  knownUntil: number,
  rules: StateRules,
): TimelineEntry[] {
  const stretches = stretchesOf(entries, window.start, knownUntil, rules);
  judgeStops(stretches, rules.microStopMs);
  const timeline: TimelineEntry[] = [];
  for (const { start, end, state, kind } of stretches) {
    const clipped = { start: Math.max(start, window.start), end: Math.min(end, window.end), state, kind };
    if (clipped.end > clipped.start) timeline.push(clipped);
  }
  return timeline;
}

export function timesOf(timeline: readonly TimelineEntry[]): Times {
  const ofKind = (kind: TimeKind): number =>
    timeline.reduce((sum, entry) => (entry.kind === kind ? sum + entry.end - entry.start : sum), 0);
  const microStopMs = ofKind('micro-stop');
  const runMs = ofKind('run') + microStopMs;
  const stopMs = ofKind('stop');
  return {
    plannedMs: runMs + stopMs,
    runMs,
    stopMs,
    microStopMs,
    plannedStopMs: ofKind('planned-stop'),
    unknownMs: ofKind('unknown'),
  };
}

export function kindOf(state: StateValue, rules: StateRules): Exclude<TimeKind, 'micro-stop'> {
  if (state === null) return 'unknown';
  const text = String(state);
  if (rules.runningStates.has(text)) return 'run';
  return rules.plannedStates.has(text) ? 'planned-stop' : 'stop';
}

function stretchesOf(
  entries: readonly StateEntry[],
  from: number,
  knownUntil: number,
  rules: StateRules,
): TimelineEntry[] {
  const first = entries[0]?.time ?? knownUntil;
  const stretches: TimelineEntry[] = [];
  if (first > from) stretches.push({ start: from, end: first, state: null, kind: 'unknown' });
  for (const [at, { time, state }] of entries.entries()) {
    const last = stretches.at(-1);
    const end = entries[at + 1]?.time ?? Math.max(time, knownUntil);
    if (last !== undefined && last.state === state) last.end = end;
    else stretches.push({ start: time, end, state, kind: kindOf(state, rules) });
  }
  return stretches;
}

function judgeStops(stretches: TimelineEntry[], microStopMs: number): void {
  let stop: TimelineEntry[] = [];
  const judge = (): void => {
    const lengthMs = (stop.at(-1)?.end ?? 0) - (stop[0]?.start ?? 0);
    if (lengthMs < microStopMs) for (const part of stop) part.kind = 'micro-stop';
    stop = [];
  };
  for (const stretch of stretches) {
    if (stretch.kind === 'stop') stop.push(stretch);
    else judge();
  }
  judge();
}
