import { kindOf, type StateEntry, type StateRules } from './timeline.ts';

/** Changes that one window may hold, about 10 MB. Beyond them the state is unknown until the window has closed. */
export const MAX_CHANGES = 100_000;

export interface StateLog {
  readonly entries: readonly StateEntry[];
  /** True while changes are refused because MAX_CHANGES are held. */
  readonly isFull: boolean;
  /**
   * A sample of the same time replaces the earlier one. `same`: it came before. `late`: it would lie in a settled part.
   *
   * After an outage a source gives its state with the time of the last change, which may lie before the outage: the
   * state held all along, so the stale time after it is known again.
   */
  add(entry: StateEntry): 'kept' | 'same' | 'late' | 'full';
  /** Beginning of the stop that the log ends in; undefined when it ends in another state. */
  openStopSince(): number | undefined;
  /** Drops what no window from `start` on needs: everything before the stop, or the state, that holds at `start`. */
  forgetBefore(start: number): void;
}

/**
 * The states of one machine in the order of their source times, however they arrive.
 * Repetitions are dropped once they are older than the newest by `settleMs`: until then a late sample may come between.
 */
export function createStateLog(
  rules: StateRules,
  { settleMs, restored = [] }: { settleMs: number; restored?: readonly StateEntry[] },
): StateLog {
  const entries: StateEntry[] = [...restored];
  /** Index of the last settled entry, before which nothing can be put in; -1 for none. */
  let settled = entries.length > 0 ? 0 : -1;

  function settle(): void {
    const settledUntil = (entries.at(-1)?.time ?? 0) - settleMs;
    for (
      let next = entries[settled + 1];
      next !== undefined && next.time <= settledUntil;
      next = entries[settled + 1]
    ) {
      if (settled >= 0 && next.state === entries[settled]?.state) entries.splice(settled + 1, 1);
      else settled += 1;
    }
  }

  /** Drops the stale end of the log when a state holds since before it. */
  function recover(time: number): void {
    const last = entries.findLastIndex((entry) => entry.isStale !== true);
    if (last === entries.length - 1 || time > (entries[last + 1]?.time ?? time)) return;
    if (time < (entries[last]?.time ?? time)) return;
    entries.splice(last + 1);
    settled = Math.min(settled, last);
  }

  return {
    entries,
    get isFull() {
      return entries.length > MAX_CHANGES;
    },
    add(entry) {
      const { time, state } = entry;
      if (state !== null) recover(time);
      const at = entries.findLastIndex((entry) => entry.time <= time);
      const before = entries[at];
      if (before?.time === time) {
        if (before.state === state) return 'same';
        entries[at] = { ...entry };
        return 'kept';
      }
      if (at < settled) return 'late';
      if (entries.length > MAX_CHANGES) return 'full';
      if (entries.length === MAX_CHANGES) {
        entries.push({ time: Math.max(time, entries.at(-1)?.time ?? time), state: null });
        return 'full';
      }
      entries.splice(at + 1, 0, { ...entry });
      settle();
      return 'kept';
    },
    openStopSince() {
      let first = entries.length - 1;
      if (!isStop(entries[first])) return undefined;
      while (first > 0 && isStop(entries[first - 1])) first -= 1;
      return entries[first]?.time;
    },
    forgetBefore(start) {
      let first = entries.findLastIndex((entry) => entry.time <= start);
      // The length of a stop that goes on into the next window is measured from its beginning.
      while (first > 0 && isStop(entries[first]) && isStop(entries[first - 1])) first -= 1;
      if (first <= 0) return;
      entries.splice(0, first);
      settled = Math.max(0, settled - first);
    },
  };

  function isStop(entry: StateEntry | undefined): boolean {
    return entry !== undefined && kindOf(entry.state, rules) === 'stop';
  }
}
