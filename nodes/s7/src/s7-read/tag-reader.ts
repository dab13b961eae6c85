import { systemClock } from '@bulkhead/core';
import type { TagReader, TagReaderHooks } from '@bulkhead/node-kit';
import type { Link } from '../s7-connection/link.ts';
import { createSpanReader } from '../s7-tag/span-reader.ts';
import type { ReadTag } from './config.ts';
import { cycleSamples } from './samples.ts';

export interface TagReaderOptions {
  tags: readonly ReadTag[];
  maxGap: number;
  link: Pick<Link, 'ask' | 'state'>;
  hooks: Pick<TagReaderHooks, 'sampleTime' | 'onRetry'>;
  now?: () => number;
}

/** Reads tags as the memory that they take. */
export function createTagReader({ tags, maxGap, link, hooks, now = systemClock.now }: TagReaderOptions): TagReader {
  const reader = createSpanReader({ spans: tags.map(({ span }) => span), link, maxGap, now, onRetry: hooks.onRetry });
  return {
    async read() {
      const outcomes = await reader.read();
      return { samples: cycleSamples(tags, outcomes, hooks.sampleTime()), outcomes };
    },
  };
}
