import { type Clock, type Sample, type Timer } from '@bulkhead/core';
import { createSampleClock, type SourceView, type Traffic } from '@bulkhead/node-kit';
import type { Link, LinkState } from '../s7-connection/link.ts';
import { createTagReport } from '../s7-tag/tag-report.ts';
import type { ReadTag, S7ReadConfig } from './config.ts';
import { createCycleTimes, type CycleTimes } from './cycle-times.ts';
import { createPollGroup, type PollGroup } from './poll-group.ts';
import { staleSamples } from './samples.ts';
import { createTagFilters } from './tag-filters.ts';
import { readerView } from './reader-view.ts';

export interface ReaderOptions {
  config: S7ReadConfig;
  link: Pick<Link, 'ask' | 'watch' | 'state'>;
  clock: Clock;
  traffic: Traffic;
  /** Takes the samples of one cycle. */
  emit(samples: Sample[]): void;
  onChange(): void;
  /** Takes what is wrong with tags, when it begins to be. */
  report(problem: string): void;
}

export interface Reader {
  start(): void;
  /** Starts no further cycle; resolves when those under way have been emitted. Idempotent. */
  drain(): Promise<void>;
  stop(): void;
  pause(): void;
  resume(): void;
  readNow(): Promise<void>;
  /** Of the tags that have no rate of their own. */
  setRate(pollMs: number): void;
  setTags(tags: readonly ReadTag[]): void;
  readonly tags: readonly ReadTag[];
  readonly times: CycleTimes;
  view(): SourceView;
}

/** Reads a tag table in groups of the same rate, filters, and says what is stale. */
export function createReader(options: ReaderOptions): Reader {
  const { config, link, clock, traffic } = options;
  const sampleTime = createSampleClock(clock.now);
  const times = createCycleTimes();
  const lastValues = new Map<string, Sample['value']>();
  const filters = createTagFilters();
  const badTags = new Set<string>();
  let { tags, pollMs } = config;
  let reportTags = createTagReport(options.report);
  let groups: PollGroup[] = [];
  let phase: 'idle' | 'running' | 'draining' | 'stopped' = 'idle';
  let isPaused = false;
  let isLinkUp = false;
  let isSaidStale = false;
  let stale: Timer | undefined;
  let unwatch: (() => void) | undefined;

  const emit = (samples: readonly Sample[], of: readonly ReadTag[]): void => {
    let arrived = 0;
    for (const { topic, value, quality } of samples) {
      if (quality === 'good') {
        arrived += 1;
        lastValues.set(topic, value);
        badTags.delete(topic);
      } else if (quality === 'bad') badTags.add(topic);
    }
    traffic.received(arrived);
    const kept = filters.keep(samples, of);
    if (kept.length > 0) options.emit(kept);
    options.onChange();
  };

  const build = (): void => {
    const byRate = new Map<number, ReadTag[]>();
    for (const tag of tags) {
      const rate = tag.pollMs ?? pollMs;
      const own = byRate.get(rate) ?? [];
      own.push(tag);
      byRate.set(rate, own);
    }
    groups = [...byRate].map(([rate, own]) => {
      const group: PollGroup = createPollGroup({
        tags: own,
        pollMs: rate,
        maxGap: config.maxGap,
        link,
        clock,
        traffic,
        times,
        sampleTime,
        onCycle(samples, read, outcomes) {
          // A group that was replaced meanwhile has nothing more to say, nor has a reader that was stopped.
          if (phase === 'stopped' || !groups.includes(group)) return;
          if (samples.length > 0) {
            isSaidStale = false;
            clock.clearTimeout(stale);
            stale = undefined;
          }
          reportTags(read, outcomes);
          emit(samples, read);
        },
      });
      return group;
    });
  };

  const run = (): void => {
    if (phase === 'running' && isLinkUp && !isPaused) for (const group of groups) group.run();
  };
  const pause = (): void => {
    for (const group of groups) group.pause();
  };
  const rebuild = (): void => {
    pause();
    build();
    run();
    options.onChange();
  };

  /** Once per outage, however often the connection comes and goes without a value. */
  const sayStale = (): void => {
    stale = undefined;
    if (isSaidStale) return;
    isSaidStale = true;
    emit(staleSamples(tags, lastValues, sampleTime()), tags);
  };

  const onLink = (state: LinkState): void => {
    if (phase !== 'running') return;
    const wasUp = isLinkUp;
    isLinkUp = state.kind === 'connected';
    if (wasUp && !isLinkUp) {
      pause();
      badTags.clear();
      // Idle is a stop that somebody wanted, a deploy for example: nothing is known to be stale for it.
      if (state.kind !== 'idle') {
        stale ??= clock.setTimeout(sayStale, config.staleMs);
      }
    } else if (!wasUp && isLinkUp) {
      reportTags = createTagReport(options.report);
      run();
    }
    options.onChange();
  };

  return {
    times,
    get tags() {
      return tags;
    },
    start() {
      if (phase !== 'idle') return;
      phase = 'running';
      build();
      unwatch = link.watch(onLink);
    },
    async drain() {
      if (phase !== 'running') return;
      phase = 'draining';
      pause();
      clock.clearTimeout(stale);
      options.onChange();
      await Promise.all(groups.map((group) => group.settled()));
    },
    stop() {
      phase = 'stopped';
      pause();
      clock.clearTimeout(stale);
      unwatch?.();
    },
    pause() {
      isPaused = true;
      pause();
      options.onChange();
    },
    resume() {
      if (!isPaused) return;
      isPaused = false;
      run();
      options.onChange();
    },
    async readNow() {
      if (phase === 'running' && isLinkUp) await Promise.all(groups.map((group) => group.readNow()));
    },
    setRate(ms) {
      pollMs = ms;
      rebuild();
    },
    setTags(next) {
      tags = next;
      const topics = new Set(tags.map(({ topic }) => topic));
      for (const topic of lastValues.keys()) if (!topics.has(topic)) lastValues.delete(topic);
      filters.forget(topics);
      for (const topic of badTags) if (!topics.has(topic)) badTags.delete(topic);
      rebuild();
    },
    view: () =>
      readerView({
        isStopped: phase === 'draining' || phase === 'stopped' || isPaused,
        state: link.state,
        now: clock.now(),
        traffic,
        badTags: badTags.size,
        tags: tags.length,
        fastestMs: Math.min(...tags.map((tag) => tag.pollMs ?? pollMs)),
      }),
  };
}
