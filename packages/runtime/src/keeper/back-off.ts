/** When an ended supervisor, editor or service is started again. Pure; the caller owns the timer. */

export interface RestartPolicy {
  /** A life at least this long wipes out what was before. */
  readonly healthyAfterMs: number;
  readonly firstMs: number;
  readonly factor: number;
  readonly maxMs: number;
  /** So many short lives in a row, and it is tried only every `slowMs`. */
  readonly slowAfter: number;
  readonly slowMs: number;
}

export const servicePolicy: RestartPolicy = {
  healthyAfterMs: 10_000,
  firstMs: 250,
  factor: 2,
  maxMs: 2_000,
  slowAfter: 5,
  slowMs: 15_000,
};

/** The front must be back within 3 s, so its pauses stay short. */
export const supervisorPolicy: RestartPolicy = { ...servicePolicy, maxMs: 1_000, slowMs: 5_000 };

export interface NextStart {
  readonly delayMs: number;
  /** Lives in a row, this one included, that were short. */
  readonly shortLives: number;
  readonly slow: boolean;
}

/**
 * The first restart is at once, the following ones wait longer and longer, and none is the last. `misconfigured`: the
 * child said that it cannot work like this (exit code 78), so haste is no use the second time.
 */
export function afterEnd(
  policy: RestartPolicy,
  shortLivesBefore: number,
  uptimeMs: number,
  misconfigured = false,
): NextStart {
  if (uptimeMs >= policy.healthyAfterMs) return { delayMs: 0, shortLives: 0, slow: false };
  const shortLives = shortLivesBefore + 1;
  if (shortLives >= (misconfigured ? 2 : policy.slowAfter)) return { delayMs: policy.slowMs, shortLives, slow: true };
  if (shortLives === 1) return { delayMs: 0, shortLives, slow: false };
  const delayMs = Math.min(policy.maxMs, policy.firstMs * policy.factor ** (shortLives - 2));
  return { delayMs, shortLives, slow: false };
}
