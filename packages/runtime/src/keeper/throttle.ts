/**
 * Reads a child's pipe at a bounded rate. A child that floods its output waits for the keeper (its writes to a full
 * pipe block), instead of costing everybody else the keeper's time.
 */
import type { Readable } from 'node:stream';

const windowMs = 100;

export interface Throttled {
  /** Reads the rest without bound: the child has ended. */
  release(): void;
}

export function readThrottled(
  stream: Readable,
  maxBytesPerSecond: number,
  onChunk: (chunk: Buffer) => void,
): Throttled {
  const budget = (maxBytesPerSecond * windowMs) / 1000;
  let used = 0;
  let windowEndsAt = 0;
  let timer: NodeJS.Timeout | null = null;
  let released = false;

  stream.on('error', () => {});
  stream.on('data', (chunk: Buffer) => {
    onChunk(chunk);
    const now = performance.now();
    if (now >= windowEndsAt) {
      used = 0;
      windowEndsAt = now + windowMs;
    }
    used += chunk.length;
    if (used < budget || released) return;
    stream.pause();
    timer = setTimeout(() => stream.resume(), windowEndsAt - now);
  });

  return {
    release() {
      released = true;
      if (timer !== null) clearTimeout(timer);
      stream.resume();
    },
  };
}
