import type { Clock } from '@bulkhead/core';

/** Counts of a reading node: how much came, when the last came, what went wrong. */
export interface Traffic {
  received(samples: number): void;
  /** Counts something that went wrong; shown for a minute after the last time. */
  trouble(key: string, count?: number): void;
  /** Samples a second since the last call of `perSecond`, smoothed over at least two seconds. */
  perSecond(): number;
  ageMs(): number | undefined;
  recentTroubles(): Array<{ key: string; count: number }>;
  total(key: string): number;
}

const shownForMs = 60_000;
const shortestWindowMs = 2_000;

export function createTraffic(clock: Clock): Traffic {
  const troubles = new Map<string, { total: number; recent: number; lastAt: number }>();
  let lastAt: number | undefined;
  let windowStart = clock.now();
  let inWindow = 0;
  let rate = 0;
  return {
    received(samples) {
      if (samples === 0) return;
      lastAt = clock.now();
      inWindow += samples;
    },
    trouble(key, count = 1) {
      const now = clock.now();
      const known = troubles.get(key) ?? { total: 0, recent: 0, lastAt: now };
      const isOver = now - known.lastAt > shownForMs;
      troubles.set(key, { total: known.total + count, recent: isOver ? count : known.recent + count, lastAt: now });
    },
    perSecond() {
      const elapsedMs = clock.now() - windowStart;
      if (elapsedMs >= shortestWindowMs || elapsedMs < 0) {
        rate = (inWindow * 1000) / Math.max(shortestWindowMs, elapsedMs);
        windowStart = clock.now();
        inWindow = 0;
      } else if (rate === 0 && elapsedMs > 0) {
        return (inWindow * 1000) / Math.max(1000, elapsedMs);
      }
      return rate;
    },
    ageMs: () => (lastAt === undefined ? undefined : Math.max(0, clock.now() - lastAt)),
    recentTroubles() {
      const now = clock.now();
      return [...troubles]
        .filter(([, { lastAt: at }]) => now - at <= shownForMs)
        .map(([key, { recent }]) => ({ key, count: recent }));
    },
    total: (key) => troubles.get(key)?.total ?? 0,
  };
}
