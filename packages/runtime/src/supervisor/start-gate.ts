/**
 * So many processes start at a time. Fifty at once on two cores take turns every few milliseconds, each is twenty times
 * as slow, and all are taken for dead; one after the other, the first tabs run at once and the last no later.
 */

import type { Clock } from '@bulkhead/core';

export interface StartGate {
  /** Resolves when this one may start. `urgent`: before those that wait already, for what ran and has ended. */
  pass(id: string, urgent: boolean): Promise<void>;
  /** It has started, or failed. */
  done(id: string): void;
  /** It shall not start any more; true when it was waiting, and `pass` never resolves then. */
  forget(id: string): boolean;
}

/** One that takes longer than this holds nobody up. */
const longestMs = 10_000;

export function createStartGate(atOnce: number, clock: Clock): StartGate {
  const starting = new Map<string, ReturnType<Clock['setTimeout']>>();
  let waiting: { readonly id: string; readonly go: () => void }[] = [];

  const admit = (): void => {
    while (starting.size < atOnce) {
      const next = waiting.shift();
      if (next === undefined) return;
      const { id, go } = next;
      starting.set(
        id,
        clock.setTimeout(() => done(id), longestMs),
      );
      go();
    }
  };
  const done = (id: string): void => {
    const timer = starting.get(id);
    if (timer === undefined) return;
    clock.clearTimeout(timer);
    starting.delete(id);
    admit();
  };

  return {
    pass: (id, urgent) =>
      new Promise((go) => {
        if (urgent) waiting.unshift({ id, go });
        else waiting.push({ id, go });
        admit();
      }),
    done,
    forget(id) {
      const before = waiting.length;
      waiting = waiting.filter((entry) => entry.id !== id);
      return waiting.length < before;
    },
  };
}
