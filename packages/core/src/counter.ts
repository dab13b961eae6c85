export interface CounterOptions {
  /** Bits after which the counter wraps; `none` for one that never does. */
  width: 16 | 32 | 'none';
  /** The most the counter can plausibly move between two samples: tells a wrap from a reset. */
  maxStep: number;
}

export interface CounterStep {
  /** Never negative. */
  increment: number;
  /** `jump`: forward by more than maxStep; counted, and worth a flag. */
  kind: 'step' | 'jump' | 'wrap' | 'reset';
}

/**
 * How far a counter moved between two good samples. Forward is counted as it is. Backward is a wrap if the distance
 * modulo 2^width is at most maxStep; else the device was reset and the new value is what it has counted since.
 * Samples of bad quality are not passed in: the next good one catches up.
 */
export function counterIncrement(previous: number, current: number, options: CounterOptions): CounterStep {
  const delta = current - previous;
  if (delta >= 0) return { increment: delta, kind: delta > options.maxStep ? 'jump' : 'step' };
  if (options.width !== 'none') {
    const modular = delta + 2 ** options.width;
    if (modular >= 0 && modular <= options.maxStep) return { increment: modular, kind: 'wrap' };
  }
  return { increment: Math.max(0, current), kind: 'reset' };
}
