import { type BackOffPolicy, type Clock, nextDelayMs } from '@bulkhead/core';

/*
 * heard ──`opensAfter` timeouts in a row──▶ silent ──delay over──▶ on trial (one request)
 *   ▲                                          ▲                      │ timeout: a longer delay
 *   └──────────── any answer ──────────────────┴──────────────────────┘
 */
export interface UnitBreaker {
  mayAsk(unit: number): boolean;
  asked(unit: number): void;
  answered(unit: number): void;
  /** @param sentAt epoch milliseconds. */
  timedOut(unit: number, sentAt: number): void;
  /** The connection was lost: nothing is known of any unit. */
  reset(): void;
}

export interface UnitBreakerOptions {
  clock: Pick<Clock, 'now'>;
  random: () => number;
  backOff: BackOffPolicy;
  /** Timeouts in a row after which a unit counts as silent. */
  opensAfter: number;
}

interface Unit {
  timeouts: number;
  lastTimeoutAt: number;
  trials: number;
  /** Asked again from then on; epoch ms. */
  silentUntil: number;
  onTrial: boolean;
}

/** Tells for each unit behind a gateway whether it is worth asking. */
export function createUnitBreaker({ clock, random, backOff, opensAfter }: UnitBreakerOptions): UnitBreaker {
  const units = new Map<number, Unit>();
  const isSilent = (unit: Unit | undefined): unit is Unit => unit !== undefined && unit.timeouts >= opensAfter;
  return {
    mayAsk(id) {
      const unit = units.get(id);
      return !isSilent(unit) || (!unit.onTrial && clock.now() >= unit.silentUntil);
    },
    asked(id) {
      const unit = units.get(id);
      if (isSilent(unit)) unit.onTrial = true;
    },
    answered: (id) => void units.delete(id),
    timedOut(id, sentAt) {
      const unit = units.get(id) ?? { timeouts: 0, lastTimeoutAt: 0, trials: 0, silentUntil: 0, onTrial: false };
      units.set(id, unit);
      // Requests that were under way together time out together: that is one time, not many.
      if (unit.timeouts > 0 && sentAt < unit.lastTimeoutAt) return;
      unit.lastTimeoutAt = clock.now();
      unit.timeouts += 1;
      if (unit.timeouts < opensAfter) return;
      unit.silentUntil = clock.now() + nextDelayMs(backOff, unit.trials, random);
      unit.trials += 1;
      unit.onTrial = false;
    },
    reset: () => units.clear(),
  };
}
