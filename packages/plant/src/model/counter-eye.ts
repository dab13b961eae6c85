import type { LineEvent, Process } from './event.ts';
import { durationAround, durationBetween, type Random } from './random.ts';

export interface CounterEye extends Process {
  readonly blind: boolean;
  /** What a counter register shows: while blind, the last total that was seen. */
  readonly reading: number;
}

/**
 * The light barrier behind a total counter: blind now and then for 2 to 6 s. The machine goes on counting, so the
 * first good reading after it jumps by the bottles that nobody saw.
 */
export function createCounterEye(tag: string, readTotal: () => number, random: Random): CounterEye {
  let blind = false;
  let lastSeen = 0;
  let due = durationAround(random, 150_000, 30_000);
  return {
    get blind() {
      return blind;
    },
    get reading() {
      return blind ? lastSeen : readTotal();
    },
    get due() {
      return due;
    },
    step(): LineEvent[] {
      const at = due;
      if (!blind) lastSeen = readTotal();
      blind = !blind;
      due += blind ? durationBetween(random, 2000, 6000) : durationAround(random, 150_000, 30_000);
      return [
        blind
          ? { kind: 'value', at, tag, value: null, quality: 'bad' }
          : { kind: 'value', at, tag, value: readTotal(), quality: 'good' },
      ];
    },
  };
}
