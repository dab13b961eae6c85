import type { Clock, Timer } from '@bulkhead/core';
import type { CycleTimes } from './cycle-times.ts';
import type { Cycle, TagReader } from './read-tag.ts';
import type { Traffic } from './traffic.ts';

export interface PollGroupOptions {
  reader: TagReader;
  pollMs: number;
  clock: Clock;
  traffic: Traffic;
  times: CycleTimes;
  onCycle(cycle: Cycle): void;
}

export interface PollGroup {
  /** Begins with a cycle at once. */
  run(): void;
  /** Starts no further cycle. */
  pause(): void;
  /** One cycle now, unless one is under way. */
  readNow(): Promise<void>;
  /** Resolves when the cycle under way is over. */
  settled(): Promise<void>;
}

/**
 * Tags that are read together, once per interval. A cycle that is not over when the next is due makes that one an overrun:
 * counted, and never queued up.
 */
export function createPollGroup({ reader, pollMs, clock, traffic, times, onCycle }: PollGroupOptions): PollGroup {
  let cycle: Promise<void> | undefined;
  let timer: Timer | undefined;
  let dueAt = 0;

  const readOnce = async (): Promise<void> => {
    const startedAt = clock.now();
    const read = await reader.read();
    times.add(clock.now() - startedAt);
    cycle = undefined;
    onCycle(read);
  };
  const startCycle = (): Promise<void> => {
    cycle ??= readOnce();
    return cycle;
  };

  const tick = (): void => {
    if (cycle === undefined) void startCycle();
    else traffic.trouble('overrun');
    // Kept on the grid of the first cycle; after a pause of the process the missed ones are not caught up.
    const missed = Math.max(0, Math.floor((clock.now() - dueAt) / pollMs));
    if (missed > 0) traffic.trouble('overrun', missed);
    dueAt += (missed + 1) * pollMs;
    timer = clock.setTimeout(tick, Math.max(0, dueAt - clock.now()));
  };

  return {
    run() {
      clock.clearTimeout(timer);
      dueAt = clock.now();
      tick();
    },
    pause() {
      clock.clearTimeout(timer);
      timer = undefined;
    },
    readNow: startCycle,
    settled: () => cycle ?? Promise.resolve(),
  };
}
