import { systemClock } from '@bulkhead/core';
import type { TagReader, TagReaderHooks } from '@bulkhead/node-kit';
import type { Link } from '../modbus-connection/link.ts';
import type { PlanLimits } from '../protocol/read-plan.ts';
import { createSpanReader } from '../modbus-tag/span-reader.ts';
import type { ReadTag } from './config.ts';
import { samplesOf } from './samples.ts';

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
    onLate(members, outcome) {
      // A late refusal says nothing that the timeout did not.
      if (outcome.kind !== 'values') return;
      const own = members.flatMap((member) => tags[member] ?? []);
      hooks.onLate(samplesOf(own, () => outcome, hooks.sampleTime()));
    },
  });
  return {
    async read() {
      answeredAt = undefined;
      const outcomes = await reader.read();
      const time = answeredAt ?? hooks.sampleTime();
      return { samples: samplesOf(tags, (index) => outcomes[index], time), outcomes };
    },
  };
}
