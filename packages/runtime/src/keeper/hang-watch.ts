/** Tells when a child has been silent for too long. */

export interface SilenceWatch {
  heard(): void;
  setLimit(limitMs: number): void;
  stop(): void;
}

/** Null as limit: not watched, until a limit is set. Calls `onSilence` once. */
export function watchForSilence(initialLimitMs: number | null, onSilence: (silentMs: number) => void): SilenceWatch {
  let limitMs = initialLimitMs;
  let heardAt = performance.now();
  let checkedAt = heardAt;
  let timer: NodeJS.Timeout | null = null;

  const check = (): void => {
    const now = performance.now();
    const everyMs = interval();
    // The machine slept or the keeper itself was held up: the child had no chance to be heard meanwhile.
    if (now - checkedAt > everyMs + 1_000) heardAt = now;
    checkedAt = now;
    if (limitMs !== null && now - heardAt > limitMs) {
      const silentMs = now - heardAt;
      stop();
      onSilence(silentMs);
    }
  };
  const interval = (): number => Math.min(500, Math.max(20, (limitMs ?? 5_000) / 10));
  const stop = (): void => {
    if (timer !== null) clearInterval(timer);
    timer = null;
  };
  const start = (): void => {
    stop();
    checkedAt = performance.now();
    if (limitMs !== null) timer = setInterval(check, interval());
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
