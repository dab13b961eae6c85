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
  take(samples: readonly Sample[], of: readonly ReadTag[]): void;
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

export function createTagValues(options: TagValuesOptions): TagValues {
  const { clock, traffic } = options;
  const lastValues = new Map<string, SampleValue>();
  const badTags = new Set<string>();
  const filters = createTagFilters();
  let isLost = false;
  let isSaidStale = false;
  let stale: Timer | undefined;

  const send = (samples: readonly Sample[], of: readonly ReadTag[]): void => {
    const kept = filters.keep(samples, of);
    if (kept.length > 0) options.emit(kept);
    options.onChange();
  };
  const sayStale = (): void => {
    stale = undefined;
    if (isSaidStale) return;
    isSaidStale = true;
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
      for (const { topic, value, quality } of samples) {
        if (quality === 'good') {
          arrived += 1;
          lastValues.set(topic, value);
          badTags.delete(topic);
        } else if (quality === 'bad') badTags.add(topic);
      }
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
      const topics = new Set(options.tags().map(({ topic }) => topic));
      for (const topic of lastValues.keys()) if (!topics.has(topic)) lastValues.delete(topic);
      for (const topic of badTags) if (!topics.has(topic)) badTags.delete(topic);
      filters.forget(topics);
    },
  };
}
