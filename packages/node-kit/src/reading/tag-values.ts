import type { Clock, Sample, SampleValue, Timer } from '@bulkhead/core';
import type { ReadTag } from './read-tag.ts';
import { staleSamples } from './samples.ts';
import { createTagFilters } from './tag-filters.ts';
import type { Traffic } from './traffic.ts';

export interface TagValuesOptions {
  tags(): readonly ReadTag[];
  /** How long after the loss of the connection its tags are said to be stale. */
  staleMs: number;
  clock: Clock;
  traffic: Traffic;
  sampleTime(): number;
  emit(samples: Sample[]): void;
  onChange(): void;
}

/** What is known of the tags of one node, and what of it is sent. */
export interface TagValues {
  /** Takes samples of these tags; sends what their filters let through. */
  take(samples: Sample[], of: readonly ReadTag[]): void;
  /** Says after a time that everything is stale: once per outage, however often the connection comes and goes meanwhile. */
  lose(): void;
  /** The connection is back: the next values end the outage. */
  regain(): void;
  /** Says nothing of the kind any more. */
  stop(): void;
  /** Of all tags but the present ones. */
  forgetOthers(): void;
  readonly badTags: number;
}

/** More groups than this are not expected; samples are kept for no more. */
const mostRecent = 64;

export function createTagValues(options: TagValuesOptions): TagValues {
  const { clock, traffic } = options;
  const lastValues = new Map<string, SampleValue>();
  /**
   * The values of the last cycle of each group, in the order of its tags, where all of them were good: hundreds of thousands
   * of values a second need no entry each in a table that only an outage looks into. The samples themselves are the flow's.
   */
  const recent = new Map<readonly ReadTag[], readonly SampleValue[]>();
  const badTags = new Set<string>();
  const filters = createTagFilters();
  let isLost = false;
  let isSaidStale = false;
  let stale: Timer | undefined;

  const rememberAll = (): void => {
    for (const [tags, values] of recent) {
      for (const [index, { topic }] of tags.entries()) lastValues.set(topic, values[index] ?? null);
    }
    recent.clear();
  };
  const remember = (samples: readonly Sample[], of: readonly ReadTag[]): void => {
    const values: SampleValue[] = [];
    for (let index = 0; index < samples.length; index += 1) {
      const sample = samples[index];
      if (sample?.quality === 'good' && sample.topic === of[index]?.topic) values.push(sample.value);
    }
    if (values.length === of.length && recent.size < mostRecent) {
      recent.set(of, values);
      return;
    }
    rememberAll();
    for (const { topic, value, quality } of samples) if (quality === 'good') lastValues.set(topic, value);
  };
  const send = (samples: Sample[], of: readonly ReadTag[]): void => {
    const kept = filters.keep(samples, of);
    if (kept.length > 0) options.emit(kept);
    options.onChange();
  };
  const sayStale = (): void => {
    stale = undefined;
    if (isSaidStale) return;
    isSaidStale = true;
    rememberAll();
    send(staleSamples(options.tags(), lastValues, options.sampleTime()), options.tags());
  };
  const stop = (): void => {
    clock.clearTimeout(stale);
    stale = undefined;
  };

  return {
    get badTags() {
      return badTags.size;
    },
    take(samples, of) {
      // What had been answered when the connection was lost does not end the outage.
      if (samples.length > 0 && !isLost) {
        isSaidStale = false;
        stop();
      }
      let arrived = 0;
      for (const { topic, quality } of samples) {
        if (quality === 'good') {
          arrived += 1;
          if (badTags.size > 0) badTags.delete(topic);
        } else if (quality === 'bad') badTags.add(topic);
      }
      remember(samples, of);
      traffic.received(arrived);
      send(samples, of);
    },
    regain() {
      isLost = false;
    },
    lose() {
      isLost = true;
      badTags.clear();
      stale ??= clock.setTimeout(sayStale, options.staleMs);
    },
    stop,
    forgetOthers() {
      rememberAll();
      const topics = new Set(options.tags().map(({ topic }) => topic));
      for (const topic of lastValues.keys()) if (!topics.has(topic)) lastValues.delete(topic);
      for (const topic of badTags) if (!topics.has(topic)) badTags.delete(topic);
      filters.forget(topics);
    },
  };
}
