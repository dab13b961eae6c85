/**
 * One for one: a compartment that ends is started again, alone.
 *
 * The first restart comes at once; every further short life doubles the wait, with jitter so that compartments that
 * fell together do not rise together. `quarantineAfter` short lives in a row, and it stays down until a person or a
 * deploy says otherwise. A life of at least `shortLifeMs` after its flows were ready wipes the slate.
 */
export interface RestartPolicy {
  readonly shortLifeMs: number;
  readonly quarantineAfter: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
}

export const defaultRestartPolicy: RestartPolicy = {
  shortLifeMs: 5_000,
  quarantineAfter: 5,
  firstDelayMs: 250,
  maxDelayMs: 30_000,
};

export interface RestartHistory {
  readonly shortLives: number;
}

export const cleanHistory: RestartHistory = { shortLives: 0 };

export type RestartDecision = { readonly kind: 'restart'; readonly delayMs: number } | { readonly kind: 'quarantine' };

/**
 * What to do after an exit.
 *
 * @param livedMs time since the flows were ready; 0 when they never were
 * @param random uniform in [0, 1)
 */
export function afterExit(
  policy: RestartPolicy,
  history: RestartHistory,
  livedMs: number,
  random: () => number,
): { readonly decision: RestartDecision; readonly history: RestartHistory } {
  if (livedMs >= policy.shortLifeMs) return { decision: { kind: 'restart', delayMs: 0 }, history: cleanHistory };
  const shortLives = history.shortLives + 1;
  if (shortLives >= policy.quarantineAfter) return { decision: { kind: 'quarantine' }, history: { shortLives } };
  const fullMs = shortLives === 1 ? 0 : Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** (shortLives - 2));
  return { decision: { kind: 'restart', delayMs: Math.round(fullMs * (0.5 + random() / 2)) }, history: { shortLives } };
}
