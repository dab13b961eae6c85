import { QUALITIES, type Quality } from '@bulkhead/core';

/** How the quality is stored: 0 good, 1 uncertain, 2 bad, 3 stale. */
export function qualityNumber(quality: Quality): number {
  return QUALITIES.indexOf(quality);
}

/** A number that nobody of us wrote is not trusted. */
export function qualityOf(stored: unknown): Quality {
  return QUALITIES[Number(stored)] ?? 'bad';
}
