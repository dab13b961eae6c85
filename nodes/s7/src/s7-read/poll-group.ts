import type { Clock, Sample, Timer } from '@bulkhead/core';
import type { Traffic } from '@bulkhead/node-kit';
import type { Link } from '../s7-connection/link.ts';
import { createSpanReader } from '../s7-tag/span-reader.ts';
import type { SpanOutcome } from '../s7-tag/span-outcome.ts';
import type { ReadTag } from './config.ts';
import type { CycleTimes } from './cycle-times.ts';
import { cycleSamples } from './samples.ts';

export interface PollGroupOptions {
  tags: readonly ReadTag[];
  pollMs: number;
  maxGap: number;
  link: Pick<Link, 'ask' | 'state'>;
  clock: Clock;
  traffic: Traffic;
  times: CycleTimes;
  sampleTime(): number;
  /** Takes the samples of one cycle, before any filter, and what the reading of each tag came to. */
  onCycle(samples: Sample[], tags: readonly ReadTag[], outcomes: readonly SpanOutcome[]): void;
}

export interface PollGroup {
  readonly tags: readonly ReadTag[];
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
export function createPollGroup(options: PollGroupOptions): PollGroup {
  const { tags, pollMs, clock, traffic, times } = options;
  const reader = createSpanReader({
    spans: tags.map(({ span }) => span),
    link: options.link,
    maxGap: options.maxGap,
    now: clock.now,
    onRetry: () => traffic.trouble('retry'),
  });
  let cycle: Promise<void> | undefined;
  let timer: Timer | undefined;
  let dueAt = 0;

  const readOnce = async (): Promise<void> => {
    const startedAt = clock.now();
    const outcomes = await reader.read();
    times.add(clock.now() - startedAt);
    cycle = undefined;
    options.onCycle(cycleSamples(tags, outcomes, options.sampleTime()), tags, outcomes);
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
    tags,
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
