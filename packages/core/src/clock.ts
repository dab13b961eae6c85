export interface Timer {
  cancel(): void;
}

/** Time as a port, so that whatever waits can be tested without waiting. */
export interface Clock {
  /** Epoch milliseconds UTC. */
  now(): number;
  setTimeout(fn: () => void, ms: number): Timer;
  clearTimeout(timer: Timer | undefined): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout(fn, ms) {
    const handle = setTimeout(fn, ms);
    return { cancel: () => clearTimeout(handle) };
  },
  clearTimeout: (timer) => timer?.cancel(),
};

export interface ManualClock extends Clock {
  /** Moves time forward; due timers run in the order of their due times, each seeing its own due time as now. */
  advance(ms: number): void;
  /** Timers that wait. */
  pending(): number;
}

export function createManualClock(start = 0): ManualClock {
  let nowMs = start;
  let sequence = 0;
  const waiting = new Map<number, { dueMs: number; fn: () => void }>();

  function nextDue(untilMs: number): number | undefined {
    let best: number | undefined;
    let bestDueMs = Number.POSITIVE_INFINITY;
    for (const [id, { dueMs }] of waiting) {
      if (dueMs <= untilMs && dueMs < bestDueMs) {
        best = id;
        bestDueMs = dueMs;
      }
    }
    return best;
  }

  return {
    now: () => nowMs,
    setTimeout(fn, ms) {
      const id = sequence;
      sequence += 1;
      waiting.set(id, { dueMs: nowMs + Math.max(0, ms), fn });
      return { cancel: () => void waiting.delete(id) };
    },
    clearTimeout: (timer) => timer?.cancel(),
    advance(ms) {
      const untilMs = nowMs + ms;
      for (let id = nextDue(untilMs); id !== undefined; id = nextDue(untilMs)) {
        const due = waiting.get(id);
        waiting.delete(id);
        if (due === undefined) continue;
        nowMs = Math.max(nowMs, due.dueMs);
        due.fn();
      }
      nowMs = untilMs;
    },
    pending: () => waiting.size,
  };
}
