import { type Sample, systemClock } from '@bulkhead/core';
import type { TagReader, TagReaderHooks } from '@bulkhead/node-kit';
import type { Link } from '../modbus-connection/link.ts';
import type { PlanLimits } from '../protocol/read-plan.ts';
import { createSpanReader } from '../modbus-tag/span-reader.ts';
import type { ReadTag } from './config.ts';
import { sampleOf } from './samples.ts';

export interface TagReaderOptions {
  tags: readonly ReadTag[];
  /** For tags that name no unit of their own. */
  unit: number;
  limits: PlanLimits;
  link: Pick<Link, 'request' | 'reconnects'>;
  hooks: TagReaderHooks;
  now?: () => number;
}

/** Reads tags as the registers and bits that they take. All samples of a cycle carry the time of its first answer. */
export function createTagReader(options: TagReaderOptions): TagReader {
  const { tags, unit, limits, link, hooks, now = systemClock.now } = options;
  let answeredAt: number | undefined;
  const reader = createSpanReader({
    spans: tags.map((tag) => ({ ...tag.span, unit: tag.unitId ?? unit })),
    link,
    limits,
    now,
    onRetry: hooks.onRetry,
    onAnswer: () => {
      answeredAt ??= hooks.sampleTime();
    },
    onLate(members, outcomeOfMember) {
      const time = hooks.sampleTime();
      const samples = members.flatMap((member): Sample[] => {
        const tag = tags[member];
        const outcome = outcomeOfMember(member);
        // A late refusal says nothing that the timeout did not.
        const sample = tag === undefined || outcome.kind !== 'values' ? undefined : sampleOf(tag, outcome, time);
        return sample === undefined ? [] : [sample];
      });
      hooks.onLate(samples);
    },
  });
  return {
    async read() {
      answeredAt = undefined;
      const outcomes = await reader.read();
      const time = answeredAt ?? hooks.sampleTime();
      const samples = tags.flatMap((tag, index) => sampleOf(tag, outcomes[index], time) ?? []);
      return { samples, outcomes };
    },
  };
}
