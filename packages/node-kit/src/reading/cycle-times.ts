/** How long cycles took since the last report, in milliseconds. */
export interface CycleTimes {
  add(ms: number): void;
  /** And begins anew; absent when there was no cycle. */
  take(): { count: number; meanMs: number; maxMs: number; lastMs: number } | undefined;
}

export function createCycleTimes(): CycleTimes {
  let [count, sum, max, last] = [0, 0, 0, 0];
  return {
    add(ms) {
      count += 1;
      sum += ms;
      max = Math.max(max, ms);
      last = ms;
    },
    take() {
      if (count === 0) return undefined;
      const taken = { count, meanMs: sum / count, maxMs: max, lastMs: last };
      [count, sum, max] = [0, 0, 0];
      return taken;
    },
  };
}
