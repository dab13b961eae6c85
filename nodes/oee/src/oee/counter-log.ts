import { type CounterOptions, counterIncrement, isInWindow, type TimeWindow } from '@bulkhead/core';

/** A good sample, or several neighbouring ones of one window that are settled and joined. */
export interface CounterEntry {
  /** Source time of the last one. */
  time: number;
  first: number;
  last: number;
  /** Counted from `first` to `last`. */
  within: number;
  hadReset: boolean;
  hadJump: boolean;
}

export interface CounterCount {
  /** Null when there was no good sample before the end of the window. */
  increment: number | null;
  hadReset: boolean;
  hadJump: boolean;
  /** The counter was bad for some of the window, or as it began: then it holds pieces of the one before. */
  hadBad: boolean;
  /** The counter was read for the first time when the window had begun: the pieces before that are missing. */
  beganLate: boolean;
}

/** Plain data, for a restart. */
export interface CounterMemory {
  entries: CounterEntry[];
  /** Source time of the earliest good sample; absent before it. */
  since?: number;
  /** Starts of the windows in which the counter was bad, each with the source time from which it was last. */
  lastBad: [start: number, time: number][];
}

export interface CounterLog {
  readonly entries: readonly CounterEntry[];
  /** A good sample. One of the same time replaces the earlier one. `late`: it would lie in a settled part. */
  add(time: number, value: number): 'kept' | 'late';
  /** True for a sample that came before. A counter that was bad since then has missed nothing. */
  confirms(time: number, value: number): boolean;
  /** A sample without a usable value: skipped, the next good one catches up. */
  addBad(time: number): void;
  /** An increment belongs to the window in which the source time of its sample lies. */
  count(window: TimeWindow): CounterCount;
  /** Drops what no window from `start` on needs: everything but the last entry before it, from which it counts on. */
  forgetBefore(start: number): void;
  memory(): CounterMemory;
}

/**
 * The readings of one counter in the order of their source times, however they arrive. Readings older than the newest
 * by `settleMs` are joined, so that the log stays as long as the late samples it waits for, not as the window.
 */
export function createCounterLog(
  options: CounterOptions,
  {
    settleMs,
    windowOf,
    restored,
  }: { settleMs: number; windowOf: (time: number) => TimeWindow; restored?: CounterMemory | undefined },
): CounterLog {
  const entries = restored?.entries.map((entry) => ({ ...entry })) ?? [];
  let since = restored?.since ?? Number.POSITIVE_INFINITY;
  const lastBad = new Map(restored?.lastBad);
  /** Index of the last settled entry, before which nothing can be put in; -1 for none. */
  let settled = entries.length > 0 ? 0 : -1;

  function join(into: CounterEntry, next: CounterEntry): void {
    const { increment, kind } = counterIncrement(into.last, next.first, options);
    into.within += increment + next.within;
    into.time = next.time;
    into.last = next.last;
    into.hadReset ||= kind === 'reset' || next.hadReset;
    into.hadJump ||= kind === 'jump' || next.hadJump;
  }

  function settle(): void {
    const settledUntil = (entries.at(-1)?.time ?? 0) - settleMs;
    for (;;) {
      const last = entries[settled];
      const next = entries[settled + 1];
      if (next === undefined || next.time > settledUntil) return;
      if (last !== undefined && windowOf(last.time).start === windowOf(next.time).start) {
        join(last, next);
        entries.splice(settled + 1, 1);
      } else {
        settled += 1;
      }
    }
  }

  /** Source time of the reading that a window beginning at `start` counts from. */
  const baseBefore = (start: number): number =>
    entries.findLast(({ time }) => time < start)?.time ?? Number.NEGATIVE_INFINITY;

  return {
    entries,
    add(time, value) {
      const at = entries.findLastIndex((entry) => entry.time <= time);
      const before = entries[at];
      if (at < settled) return 'late';
      const entry = { time, first: value, last: value, within: 0, hadReset: false, hadJump: false };
      if (before?.time !== time) entries.splice(at + 1, 0, entry);
      else if (at > settled) entries[at] = entry;
      else return 'late';
      since = Math.min(since, time);
      settle();
      return 'kept';
    },
    confirms(time, value) {
      const at = entries.findLast((entry) => entry.time <= time);
      if (at?.time !== time || at.last !== value) return false;
      if (at === entries.at(-1)) for (const start of lastBad.keys()) lastBad.set(start, time);
      return true;
    },
    addBad(time) {
      const { start } = windowOf(time);
      lastBad.set(start, Math.max(time, lastBad.get(start) ?? time));
    },
    count(window) {
      const base = baseBefore(window.start);
      const count: CounterCount = {
        increment: null,
        hadReset: false,
        hadJump: false,
        hadBad: [...lastBad].some(([start, time]) => start === window.start || (start < window.start && time > base)),
        beganLate: since > window.start && since < window.end,
      };
      for (const [at, entry] of entries.entries()) {
        if (entry.time >= window.end) break;
        count.increment ??= 0;
        if (!isInWindow(entry.time, window)) continue;
        const before = entries[at - 1];
        const step = before === undefined ? undefined : counterIncrement(before.last, entry.first, options);
        count.increment += (step?.increment ?? 0) + entry.within;
        count.hadReset ||= step?.kind === 'reset' || entry.hadReset;
        count.hadJump ||= step?.kind === 'jump' || entry.hadJump;
      }
      return count;
    },
    forgetBefore(start) {
      const first = entries.findLastIndex((entry) => entry.time < start);
      if (first > 0) {
        entries.splice(0, first);
        settled = Math.max(0, settled - first);
      }
      const over = [...lastBad].filter(([window]) => window < start);
      const base = baseBefore(start);
      const latest = Math.max(...over.map(([, time]) => time));
      // One is enough to know that what is counted next was missed before.
      for (const [window, time] of over) if (time <= base || time < latest) lastBad.delete(window);
    },
    // Copies: entries are joined in place, and a context store may write them down later.
    memory: () => ({
      entries: entries.map((entry) => ({ ...entry })),
      ...(Number.isFinite(since) ? { since } : {}),
      lastBad: [...lastBad],
    }),
  };
}
