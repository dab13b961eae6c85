/** Tells when a child has been silent for too long. */

export interface SilenceWatch {
  heard(): void;
  setLimit(limitMs: number): void;
  stop(): void;
}

/** Often enough to notice that the keeper itself was held up. */
const mostMs = 500;

/** Null as limit: not watched, until a limit is set. Calls `onSilence` once. */
export function watchForSilence(initialLimitMs: number | null, onSilence: (silentMs: number) => void): SilenceWatch {
  let limitMs = initialLimitMs;
  let heardAt = performance.now();
  let nextCheckAt = heardAt;
  let timer: NodeJS.Timeout | null = null;

  const check = (): void => {
    const now = performance.now();
    // The machine slept or the keeper itself was held up: the child had no chance to be heard meanwhile.
    if (now > nextCheckAt + 1_000) heardAt = now;
    if (limitMs !== null && now - heardAt > limitMs) {
      stop();
      onSilence(now - heardAt);
    } else {
      start();
    }
  };
  const stop = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  const start = (): void => {
    stop();
    if (limitMs === null) return;
    // To the millisecond at the limit: what is silent for longer waits for nothing else.
    const waitMs = Math.min(mostMs, Math.max(1, heardAt + limitMs - performance.now() + 1));
    nextCheckAt = performance.now() + waitMs;
    timer = setTimeout(check, waitMs);
  };
  start();

  return {
    heard() {
      heardAt = performance.now();
    },
    setLimit(next) {
      if (limitMs === null) heardAt = performance.now();
      limitMs = next;
      start();
    },
    stop,
  };
}
