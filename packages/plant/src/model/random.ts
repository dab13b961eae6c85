/** Numbers from 0 (inclusive) to 1 (exclusive). */
export type Random = () => number;

/**
 * A generator of its own for each named stream, so that a draw more in one part of the plant moves no other part.
 * FNV-1a spreads seed and name over the state of mulberry32 (public domain, Tommy Ettinger).
 */
export function createRandom(seed: number, stream: string): Random {
  let state = 0x811c9dc5;
  for (const character of `${seed}/${stream}`) {
    state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A whole number of milliseconds, evenly spread over `[least, most]`. */
export function durationBetween(random: Random, leastMs: number, mostMs: number): number {
  return Math.round(leastMs + random() * (mostMs - leastMs));
}

/** An exponentially distributed whole number of milliseconds, kept within `[leastMs, 4 * meanMs]`. */
export function durationAround(random: Random, meanMs: number, leastMs: number): number {
  return Math.round(Math.min(Math.max(-Math.log(1 - random()) * meanMs, leastMs), 4 * meanMs));
}

/** Roughly normal noise of variance 1: the sum of three uniform draws is plenty for a sensor and costs no logarithm. */
export function noise(random: Random): number {
  return (random() + random() + random() - 1.5) * 2;
}
