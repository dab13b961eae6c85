/** Lets through at most so many in each second and counts the rest. Pure: the caller brings the time. */
export interface PerSecondLimit {
  /** False when this one exceeds the limit of the second that `now` lies in. */
  take(now: number): boolean;
  /** How many were refused in seconds that are over, once. */
  takeDropped(now: number): number;
  /** From now on so many. */
  setLimit(limit: number): void;
  readonly limit: number;
  /** Refused since the start. */
  readonly droppedInTotal: number;
}

export function createPerSecondLimit(first: number): PerSecondLimit {
  let limit = first;
  let second = Number.NEGATIVE_INFINITY;
  let taken = 0;
  let dropped = 0;
  let reported = 0;
  let droppedInTotal = 0;

  const turn = (now: number): void => {
    const current = Math.floor(now / 1000);
    if (current === second) return;
    second = current;
    taken = 0;
    reported += dropped;
    dropped = 0;
  };

  return {
    take(now) {
      turn(now);
      if (taken < limit) {
        taken += 1;
        return true;
      }
      dropped += 1;
      droppedInTotal += 1;
      return false;
    },
    takeDropped(now) {
      turn(now);
      const count = reported;
      reported = 0;
      return count;
    },
    setLimit(next) {
      limit = next;
    },
    get limit() {
      return limit;
    },
    get droppedInTotal() {
      return droppedInTotal;
    },
  };
}
