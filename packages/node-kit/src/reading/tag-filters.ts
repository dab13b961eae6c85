import { createReportByException, type ReportByException, type Sample } from '@bulkhead/core';
import type { ReadTag } from './read-tag.ts';

/** Deadbands and heartbeats, one filter for each tag that has one. */
export interface TagFilters {
  /** What of the samples of one cycle is sent. */
  keep(samples: Sample[], tags: readonly ReadTag[]): Sample[];
  /** Of all tags but these. */
  forget(topics: ReadonlySet<string>): void;
}

export function createTagFilters(): TagFilters {
  const filters = new Map<string, ReportByException>();
  /** Most tables have no filter at all, and hundreds of thousands of values a second. */
  const unfiltered = new WeakSet<readonly ReadTag[]>();
  return {
    keep(samples, tags) {
      if (unfiltered.has(tags)) return samples;
      let isFiltered = false;
      for (const { topic, filter } of tags) {
        if (filter === undefined) continue;
        isFiltered = true;
        if (!filters.has(topic)) filters.set(topic, createReportByException(filter));
      }
      if (!isFiltered) {
        unfiltered.add(tags);
        return samples;
      }
      return samples.filter((sample) => filters.get(sample.topic)?.keep(sample) ?? true);
    },
    forget(topics) {
      for (const topic of filters.keys()) if (!topics.has(topic)) filters.delete(topic);
    },
  };
}
