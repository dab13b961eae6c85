export interface BackOffPolicy {
  firstMs: number;
  /** Each delay is the one before times this. */
  factor: number;
  maxMs: number;
  /** 0..1: the share of the delay that is random, so that many clients do not return in the same instant. */
  jitter: number;
}

/**
 * Milliseconds to wait before retry number `attempt` (0 is the first retry).
 * The result lies in [delay × (1 − jitter), delay], delay = min(maxMs, firstMs × factor^attempt).
 * @param random yields numbers in [0, 1).
 */
export function nextDelayMs(policy: BackOffPolicy, attempt: number, random: () => number): number {
  const grown = policy.firstMs === 0 ? 0 : policy.firstMs * policy.factor ** Math.max(0, attempt);
  const delay = Math.min(policy.maxMs, grown);
  return delay * (1 - policy.jitter * random());
}
