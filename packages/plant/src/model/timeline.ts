/** Real times of simulated ones. */
export interface Timeline {
  /** Epoch milliseconds of a simulated instant, to wait for. */
  timeAt(simulatedMs: number): number;
  /** The simulated instant that it is at an epoch time. */
  simulatedAt(time: number): number;
  /**
   * Whole epoch milliseconds to stamp an event of `name` with: strictly rising for each name. Rounded up, so that what
   * has happened by a time is what is stamped up to it.
   */
  timeOf(name: string, simulatedMs: number): number;
  /** Puts everything from now on off. */
  slip(byMs: number): void;
}

/** `lastTime` tells the last stamp that a name had in an earlier life. */
export function createTimeline(start: number, speed: number, lastTime: (name: string) => number): Timeline {
  let origin = start;
  const last = new Map<string, number>();
  const timeAt = (simulatedMs: number): number => origin + simulatedMs / speed;
  return {
    timeAt,
    simulatedAt: (time) => (time - origin) * speed,
    timeOf(name, simulatedMs) {
      const time = Math.max(Math.ceil(timeAt(simulatedMs)), (last.get(name) ?? lastTime(name)) + 1);
      last.set(name, time);
      return time;
    },
    slip(byMs) {
      origin += byMs;
    },
  };
}
