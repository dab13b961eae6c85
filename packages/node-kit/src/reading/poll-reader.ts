import type { Clock, Sample } from '@bulkhead/core';
import type { LinkState, WatchedLink } from '../link-state.ts';
import { createCycleTimes, type CycleTimes } from './cycle-times.ts';
import { createPollGroup, type PollGroup } from './poll-group.ts';
import type { ReadTag, TagReader, TagReaderHooks } from './read-tag.ts';
import { readerView } from './reader-view.ts';
import { createSampleClock } from './sample-clock.ts';
import type { SourceView } from './source-status.ts';
import { createTagReport } from './tag-report.ts';
import { createTagValues } from './tag-values.ts';
import type { Traffic } from './traffic.ts';

export interface PollReaderOptions<Tag extends ReadTag> {
  tags: readonly Tag[];
  pollMs: number;
  /** How long after the loss of the connection its tags are said to be stale. */
  staleMs: number;
  link: WatchedLink;
  /** Makes what reads these tags, all of the same rate. */
  readerOf(tags: readonly Tag[], hooks: TagReaderHooks): TagReader;
  clock: Clock;
  traffic: Traffic;
  /** Takes the samples of one cycle. */
  emit(samples: Sample[]): void;
  onChange(): void;
  /** Takes what is wrong with tags, when it begins to be. */
  report(problem: string): void;
}

/** What a message may change of a node that reads. */
export interface Reader<Tag extends ReadTag = ReadTag> {
  pause(): void;
  resume(): void;
  readNow(): Promise<void>;
  /** Of the tags that have no rate of their own. */
  setRate(pollMs: number): void;
  setTags(tags: readonly Tag[]): void;
  readonly tags: readonly Tag[];
}

export interface PollReader<Tag extends ReadTag = ReadTag> extends Reader<Tag> {
  start(): void;
  /** Starts no further cycle; resolves when those under way have been emitted. Idempotent. */
  drain(): Promise<void>;
  stop(): void;
  readonly times: CycleTimes;
  view(): SourceView;
}

/** Reads a tag table in groups of the same rate, filters, and says what is stale. */
export function createPollReader<Tag extends ReadTag>(options: PollReaderOptions<Tag>): PollReader<Tag> {
  const { link, clock, traffic } = options;
  const sampleTime = createSampleClock(clock.now);
  const times = createCycleTimes();
  let { tags, pollMs } = options;
  const values = createTagValues({ ...options, tags: () => tags, sampleTime });
  let reportTags = createTagReport(options.report);
  let groups: PollGroup[] = [];
  let phase: 'idle' | 'running' | 'draining' | 'stopped' = 'idle';
  let isPaused = false;
  let isLinkUp = false;
  let unwatch: (() => void) | undefined;

  const groupOf = (rate: number, own: readonly Tag[]): PollGroup => {
    // A group that was replaced meanwhile has nothing more to say, nor has a reader that was stopped.
    const isHeard = (): boolean => phase !== 'stopped' && groups.includes(group);
    const reader = options.readerOf(own, {
      sampleTime,
      onRetry: () => traffic.trouble('retry'),
      onLate(samples) {
        if (!isHeard()) return;
        traffic.trouble('late');
        values.take(samples, own);
      },
    });
    const group: PollGroup = createPollGroup({
      reader,
      pollMs: rate,
      clock,
      traffic,
      times,
      onCycle({ samples, outcomes }) {
        if (!isHeard()) return;
        reportTags(own, outcomes);
        values.take(samples, own);
      },
    });
    return group;
  };
  const build = (): void => {
    groups = [...Map.groupBy(tags, (tag) => tag.pollMs ?? pollMs)].map(([rate, own]) => groupOf(rate, own));
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

  const onLink = (state: LinkState): void => {
    if (phase !== 'running') return;
    const wasUp = isLinkUp;
    isLinkUp = state.kind === 'connected';
    if (wasUp && !isLinkUp) {
      pause();
      // Idle is a stop that somebody wanted, a deploy for example: nothing is known to be stale for it.
      if (state.kind !== 'idle') values.lose();
    } else if (!wasUp && isLinkUp) {
      values.regain();
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
      values.stop();
      options.onChange();
      await Promise.all(groups.map((group) => group.settled()));
    },
    stop() {
      phase = 'stopped';
      pause();
      values.stop();
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
      values.forgetOthers();
      rebuild();
    },
    setTags(next) {
      tags = next;
      values.forgetOthers();
      rebuild();
    },
    view: () =>
      readerView({
        isStopped: phase === 'draining' || phase === 'stopped' || isPaused,
        state: link.state,
        now: clock.now(),
        traffic,
        badTags: values.badTags,
        tags: tags.length,
        fastestMs: Math.min(...tags.map((tag) => tag.pollMs ?? pollMs)),
      }),
  };
}
