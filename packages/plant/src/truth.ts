import { parseTruthLine } from './log/truth-line.ts';
import type { MachineName } from './model/event.ts';

export interface OeeTruthOptions {
  /** PackML states in which the machine produces. */
  runningStates: readonly number[];
  /** A stop shorter than this is slow running: its time counts as run time. 0: every stop is a stop. */
  microStopMs: number;
  /** Ideal milliseconds per bottle. */
  idealCycleMs: number;
}

export interface OeeTruth {
  plannedMs: number;
  /** Time in running states plus the time of micro-stops, within the window. */
  runMs: number;
  total: number;
  good: number;
  rejects: number;
  /** Stops that begin in the window. */
  stops: number;
  microStops: number;
  /** Percent, null where the denominator is 0. */
  availability: number | null;
  performance: number | null;
  quality: number | null;
  oee: number | null;
}

export interface StateInterval {
  start: number;
  /** Infinity for the state that the log ends in. */
  end: number;
  state: number;
}

interface Truth {
  intervals: StateInterval[];
  counts: { at: number; total: number; rejects: number }[];
}

/**
 * OEE of a window `[start, end)` (epoch ms) from the machine's own states and true counts as the plant logged them; all
 * of the window counts as planned. A stop is a stretch without a running state; whether it is a micro-stop goes by its
 * whole length, also where the window cuts it. A bottle belongs to the window that its count falls in. While the plant's
 * process was down, the machine counts as being in the state that it was last in.
 */
export function oeeTruth(
  logLines: Iterable<string>,
  machine: MachineName,
  start: number,
  end: number,
  { runningStates, microStopMs, idealCycleMs }: OeeTruthOptions,
): OeeTruth {
  const { intervals, counts } = truthOf(logLines, machine);
  const stretches = stretchesOf(intervals, runningStates);
  let runMs = 0;
  let stops = 0;
  let microStops = 0;
  for (const stretch of stretches) {
    const within = Math.max(0, Math.min(stretch.end, end) - Math.max(stretch.start, start));
    const isMicroStop = !stretch.running && stretch.end - stretch.start < microStopMs;
    if (stretch.running || isMicroStop) runMs += within;
    if (stretch.running || stretch.start < start || stretch.start >= end) continue;
    if (isMicroStop) microStops += 1;
    else stops += 1;
  }
  const atStart = countsBefore(counts, start);
  const atEnd = countsBefore(counts, end);
  const total = atEnd.total - atStart.total;
  const rejects = atEnd.rejects - atStart.rejects;
  const good = total - rejects;
  const plannedMs = end - start;
  return {
    plannedMs,
    runMs,
    total,
    good,
    rejects,
    stops,
    microStops,
    availability: percent(runMs, plannedMs),
    performance: percent(total * idealCycleMs, runMs),
    quality: percent(good, total),
    oee: percent(good * idealCycleMs, plannedMs),
  };
}

/** The states that a machine was in, from the plant's log. */
export function stateIntervals(logLines: Iterable<string>, machine: MachineName): StateInterval[] {
  return truthOf(logLines, machine).intervals;
}

function truthOf(logLines: Iterable<string>, machine: MachineName): Truth {
  const intervals: StateInterval[] = [];
  const counts: Truth['counts'] = [];
  for (const text of logLines) {
    const line = parseTruthLine(text);
    if (line?.type === 'state' && line.machine === machine) {
      const previous = intervals.at(-1);
      if (previous !== undefined) previous.end = line.at;
      intervals.push({ start: line.at, end: Infinity, state: line.state });
    } else if (line?.type === 'count' && line.machine === machine) {
      counts.push(line);
    }
  }
  return { intervals, counts };
}

/** Neighbouring states that agree on running or not, joined. */
function stretchesOf(
  intervals: readonly StateInterval[],
  runningStates: readonly number[],
): { start: number; end: number; running: boolean }[] {
  const stretches: { start: number; end: number; running: boolean }[] = [];
  for (const { start, end, state } of intervals) {
    const running = runningStates.includes(state);
    const last = stretches.at(-1);
    if (last?.running === running) last.end = end;
    else stretches.push({ start, end, running });
  }
  return stretches;
}

/** The first line of a life gives the counts that it began with, so nothing before it means that line. */
function countsBefore(counts: Truth['counts'], time: number): { total: number; rejects: number } {
  let found = counts[0];
  for (const count of counts) {
    if (count.at >= time) break;
    found = count;
  }
  return found ?? { total: 0, rejects: 0 };
}

function percent(numerator: number, denominator: number): number | null {
  return denominator === 0 ? null : (numerator / denominator) * 100;
}
