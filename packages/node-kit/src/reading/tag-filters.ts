import { createReportByException, type ReportByException, type Sample } from '@bulkhead/core';
import type { ReadTag } from './read-tag.ts';

/** Deadbands and heartbeats, one filter for each tag that has one. */
export interface TagFilters {
  /** What of the samples of one cycle is sent. */
  keep(samples: readonly Sample[], tags: readonly ReadTag[]): readonly Sample[];
  /** Of all tags but these. */
  forget(topics: ReadonlySet<string>): void;
}

export function createTagFilters(): TagFilters {
  const filters = new Map<string, ReportByException>();
  return {
    keep(samples, tags) {
      let isFiltered = false;
      for (const { topic, filter } of tags) {
        if (filter === undefined) continue;
        isFiltered = true;
        if (!filters.has(topic)) filters.set(topic, createReportByException(filter));
      }
      return isFiltered ? samples.filter((sample) => filters.get(sample.topic)?.keep(sample) ?? true) : samples;
    },
    forget(topics) {
      for (const topic of filters.keys()) if (!topics.has(topic)) filters.delete(topic);
    },
  };
}
