import type { Clock } from '@bulkhead/core';
import type { DrainPhase } from '../../protocol/messages.ts';

/** Who waits for a phase of a clean stop to be done. */
export interface DrainWaiters {
  /** Resolves with whether the phase was completed; false when its time is up. */
  wait(phase: DrainPhase, limitMs: number): Promise<boolean>;
  answered(phase: DrainPhase, complete: boolean): void;
  /** The process is gone: nobody will answer any more. */
  gone(): void;
}

interface Waiter {
  readonly phase: DrainPhase;
  readonly done: (complete: boolean) => void;
}

export function createDrainWaiters(clock: Clock): DrainWaiters {
  const waiters = new Set<Waiter>();
  return {
    wait: (phase, limitMs) =>
      new Promise((resolve) => {
        const timer = clock.setTimeout(() => waiter.done(false), limitMs);
        const waiter: Waiter = {
          phase,
          done(complete) {
            clock.clearTimeout(timer);
            waiters.delete(waiter);
            resolve(complete);
          },
        };
        waiters.add(waiter);
      }),
    answered(phase, complete) {
      for (const waiter of waiters) if (waiter.phase === phase) waiter.done(complete);
    },
    gone() {
      for (const waiter of waiters) waiter.done(false);
    },
  };
}
