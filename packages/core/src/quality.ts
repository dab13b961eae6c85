/**
 * How far a value may be trusted.
 * `good` and `uncertain` carry a usable value; `bad` carries null; `stale` carries the last value
 * that was known before its source fell silent.
 */
export type Quality = 'good' | 'uncertain' | 'bad' | 'stale';

export const QUALITIES: readonly Quality[] = ['good', 'uncertain', 'bad', 'stale'];

export function isQuality(candidate: unknown): candidate is Quality {
  return candidate === 'good' || candidate === 'uncertain' || candidate === 'bad' || candidate === 'stale';
}

/** True for the qualities whose value may enter a calculation. */
export function isUsable(quality: Quality): boolean {
  return quality === 'good' || quality === 'uncertain';
}
