import { isUsable, oee, type Sample, type SampleValue, type TimeWindow, windowAt } from '@bulkhead/core';
import type { OeeConfig } from './config.ts';
import { type CounterLog, createCounterLog } from './counter-log.ts';
import type { Memory } from './memory.ts';
import type { OeeWindow, WindowFlag } from './result.ts';
import { createStateLog, type StateLog } from './state-log.ts';
import { type StateValue, timelineOf, timesOf } from './timeline.ts';

/** A source clock may be wrong, but a sample from another year must not close every window until then. */
export const FURTHEST_AHEAD_MS = 86_400_000;
/** Windows that one jump of time may close; beyond it they are left out. */
export const MOST_AT_ONCE = 1_000;

/** `other`: of a topic that this calculation does not use. `ahead`: too far in the future, refused. */
export type Acceptance = 'kept' | 'late' | 'bad' | 'full' | 'other' | 'ahead';

export interface Closing {
  windows: OeeWindow[];
  /** Windows that were left out because time jumped. */
  skipped: number;
}

export interface Calculator {
  /** Takes one sample in; `now` is the wall clock in epoch milliseconds. */
  accept(sample: Sample, now: number): Acceptance;
  /** The windows that are complete at `now`, oldest first. They are closed by this: no later sample changes them. */
  close(now: number): Closing;
  /** Whether `close` has something to give: cheap enough to ask after every sample. */
  isDue(now: number): boolean;
  /** The open window up to now; undefined before the first sample. */
  current(now: number): OeeWindow | undefined;
  /** Wall clock time at which the open window closes if no sample does it before; undefined if only a sample can. */
  readonly closesAt: number | undefined;
  /** What a restart needs to go on within the same window. */
  memory(): Memory | undefined;
}

/**
 * OEE of one machine, window by window, by source time.
 *
 * - Windows are half-open `[start, end)` and aligned to the clock. A counter increment belongs to the window in which
 *   the source time of its sample lies. States are cut exactly at the borders; see `timelineOf`.
 * - A window closes when source time has passed its end by the grace period, or the wall clock has (with closing
 *   `clock`). The micro-stop length counts as grace too: only then is every stop that began before the end judged.
 * - A state sample that is bad or stale makes the time from it on unknown. Unknown time is not planned time: it is
 *   reported apart, and neither helps nor hurts. A counter sample that is bad is skipped.
 *   What such a counter missed is counted with its next good sample: windows before and after it are both flagged.
 * - The first window begins with the sample that came first; time of it before any state is unknown.
 */
export function createCalculator(config: OeeConfig, restored?: Memory): Calculator {
  const settleMs = Math.max(config.graceMs, config.microStopMs);
  const windowOf = (time: number): TimeWindow => windowAt(time, config.windowMs, config.windowOffsetMs);
  const states = createStateLog(config, { settleMs, restored: restored?.states ?? [] });
  const counters = { settleMs, windowOf };
  const totals = createCounterLog(config.counter, { ...counters, restored: restored?.totals });
  const seconds = createCounterLog(config.counter, { ...counters, restored: restored?.seconds });
  const counterOf = new Map<string, CounterLog>([[config.totalTopic, totals]]);
  if (config.second !== undefined) counterOf.set(config.second.topic, seconds);

  let newest = restored?.newest ?? Number.NEGATIVE_INFINITY;
  let open = restored === undefined ? undefined : windowOf(restored.openStart);
  let reportedUntil = restored?.reportedUntil;
  let lateInWindow = restored?.hadLate ?? false;

  const sourceNow = (now: number): number => (config.closing === 'clock' ? Math.max(newest, now) : newest);

  const isReported = (time: number): boolean => reportedUntil !== undefined && time < reportedUntil;

  function addState({ time, sample, log }: { time: number; sample: Sample; log: StateLog }): Acceptance {
    const state = isUsable(sample.quality) ? stateOf(sample.value) : null;
    const outcome = log.add({ time, state, ...(sample.quality === 'stale' ? { isStale: true } : {}) });
    if (outcome === 'same') return 'kept';
    return outcome === 'kept' && isReported(time) ? 'late' : outcome;
  }

  function addCount({ time, sample, log }: { time: number; sample: Sample; log: CounterLog }): Acceptance {
    const value = typeof sample.value === 'bigint' ? Number(sample.value) : sample.value;
    if (!isUsable(sample.quality) || typeof value !== 'number') {
      log.addBad(time);
      return 'bad';
    }
    if (log.confirms(time, value)) return 'kept';
    // Counted from here on, what lies between the last reported reading and this one would be lost.
    if (isReported(time) && log.entries.length > 0) return 'late';
    return log.add(time, value);
  }

  /** The whole window's pieces and its times until `end`. */
  function evaluate(whole: TimeWindow, end: number, knownUntil: number): Omit<OeeWindow, 'closed'> {
    const window = { start: whole.start, end };
    const timeline = timelineOf(states.entries, window, knownUntil, config);
    const times = timesOf(timeline);
    const total = totals.count(whole);
    const second = seconds.count(whole);
    const { good, reject } = split(total.increment, second.increment, config.second?.kind);
    const { flags: ratioFlags, ...factors } = oee({
      planned: times.plannedMs,
      run: times.runMs,
      idealCycle: config.idealCycleMs,
      total: total.increment,
      good,
    });
    const flags: WindowFlag[] = [...ratioFlags];
    if (times.unknownMs > 0) flags.push('unknown-time');
    if (lateInWindow) flags.push('late-samples');
    if (states.isFull) flags.push('state-log-full');
    if (total.hadReset || second.hadReset) flags.push('counter-reset');
    if (total.hadJump || second.hadJump) flags.push('counter-jump');
    if (total.hadBad || second.hadBad) flags.push('counter-bad');
    if (total.beganLate || second.beganLate) flags.push('counter-began-late');
    return { ...window, ...factors, ...times, total: total.increment, good, reject, flags, timeline };
  }

  /**
   * When a window can be judged. A stop that is still open may yet turn out to be a micro-stop: the sample that ends it
   * may come late by the grace period.
   */
  function dueAt(end: number): number {
    const since = states.openStopSince();
    const settledAt = end + settleMs;
    if (since === undefined || since >= end) return settledAt;
    return Math.max(settledAt, since + config.microStopMs + config.graceMs);
  }

  function proceed(to: TimeWindow): void {
    open = to;
    reportedUntil = to.start;
    lateInWindow = false;
    states.forgetBefore(to.start);
    totals.forgetBefore(to.start);
    seconds.forgetBefore(to.start);
  }

  return {
    accept(sample, now) {
      const counter = counterOf.get(sample.topic);
      if (counter === undefined && sample.topic !== config.stateTopic) return 'other';
      const time = sample.sourceTime;
      if (time > now + FURTHEST_AHEAD_MS) return 'ahead';
      newest = Math.max(newest, time);
      open ??= windowOf(sourceNow(now));
      const outcome =
        counter === undefined ? addState({ time, sample, log: states }) : addCount({ time, sample, log: counter });
      if (outcome === 'late') lateInWindow = true;
      return outcome;
    },
    close(now) {
      const windows: OeeWindow[] = [];
      if (open === undefined) return { windows, skipped: 0 };
      const until = sourceNow(now);
      const complete = Math.floor((until - settleMs - open.end) / config.windowMs) + 1;
      const skipped = Math.max(0, complete - MOST_AT_ONCE);
      if (skipped > 0) proceed(windowOf(open.start + skipped * config.windowMs));
      while (until >= dueAt(open.end)) {
        windows.push({ ...evaluate(open, open.end, until), closed: true });
        proceed(windowOf(open.end));
      }
      return { windows, skipped };
    },
    isDue: (now) => open !== undefined && sourceNow(now) >= dueAt(open.end),
    current(now) {
      if (open === undefined) return undefined;
      const end = Math.min(Math.max(sourceNow(now), open.start), open.end);
      return { ...evaluate(open, end, Math.max(end, sourceNow(now))), closed: false };
    },
    get closesAt() {
      return open === undefined || config.closing === 'source' ? undefined : dueAt(open.end);
    },
    memory() {
      if (open === undefined) return undefined;
      return {
        openStart: open.start,
        ...(reportedUntil === undefined ? {} : { reportedUntil }),
        newest,
        states: [...states.entries],
        totals: totals.memory(),
        seconds: seconds.memory(),
        hadLate: lateInWindow,
      };
    },
  };
}

function stateOf(value: SampleValue): StateValue {
  if (typeof value === 'bigint') return String(value);
  return typeof value === 'object' ? null : value;
}

function split(
  total: number | null,
  second: number | null,
  kind: 'reject' | 'good' | undefined,
): { good: number | null; reject: number | null } {
  const rest = total === null || second === null ? null : total - second;
  switch (kind) {
    case 'reject':
      return { good: rest, reject: second };
    case 'good':
      return { good: second, reject: rest };
    case undefined:
      return { good: null, reject: null };
  }
}
