import type { Clock } from '../clock.ts';

/** Waits for an output to have nothing left and nothing coming. */
export interface Quiet {
  /** Something came in. */
  touched(): void;
  /** Something was settled: an empty output may be quiet now. */
  changed(): void;
  /** Resolves when the output is empty and nothing has come in for `quietMs`, or at the deadline. */
  wait(deadlineMs: number): Promise<void>;
}

/**
 * Messages travel the wires of a flow asynchronously, so at a clean stop an empty output is not the end: it has to stay
 * empty for a moment.
 */
export function createQuiet({
  quietMs,
  isEmpty,
  clock,
}: {
  quietMs: number;
  isEmpty: () => boolean;
  clock: Clock;
}): Quiet {
  const checks = new Set<() => void>();
  let touchedAt = Number.NEGATIVE_INFINITY;
  return {
    touched: () => void (touchedAt = clock.now()),
    changed() {
      for (const check of [...checks]) check();
    },
    wait(deadlineMs) {
      const startedAt = clock.now();
      const until = startedAt + deadlineMs;
      return new Promise((resolve) => {
        let timer = clock.setTimeout(check, 0);
        function check(): void {
          clock.clearTimeout(timer);
          const now = clock.now();
          const quietAt = Math.max(touchedAt, startedAt) + quietMs;
          if (now >= until || (isEmpty() && now >= quietAt)) {
            checks.delete(check);
            resolve();
            return;
          }
          timer = clock.setTimeout(check, Math.max(1, Math.min(until, now < quietAt ? quietAt : until) - now));
        }
        checks.add(check);
      });
    },
  };
}
