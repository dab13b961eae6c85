import type { Sample } from '@bulkhead/core';
import { decodeRegisters } from '../protocol/decode.ts';
import type { ReadReply } from '../protocol/read-reply.ts';
import type { Block } from '../protocol/read-plan.ts';
import type { ModbusTag } from './config.ts';

/** What a block's request came to, as far as its tags are concerned. */
export type BlockOutcome = ReadReply | { kind: 'timeout' } | { kind: 'queue-full' };

function baseOf(tag: ModbusTag, sourceTime: number): Omit<Sample, 'value' | 'quality'> {
  const { topic, address, unit } = tag;
  return { topic, sourceTime, address, ...(unit === undefined ? {} : { unit }) };
}

function failureCode(outcome: Exclude<BlockOutcome, { kind: 'values' }>): number | string {
  return outcome.kind === 'exception' ? outcome.code : outcome.kind;
}

/** One sample for each tag of the block; without values each is bad and carries the reason as its code. */
export function blockSamples(
  tags: readonly ModbusTag[],
  block: Block,
  outcome: BlockOutcome,
  sourceTime: number,
): Sample[] {
  const samples: Sample[] = [];
  for (const member of block.members) {
    const tag = tags[member];
    if (tag === undefined) continue;
    const base = baseOf(tag, sourceTime);
    if (outcome.kind !== 'values') {
      samples.push({ ...base, value: null, quality: 'bad', code: failureCode(outcome) });
      continue;
    }
    const from = tag.span.address - block.address;
    const decoded = decodeRegisters(outcome.values.slice(from, from + tag.span.count), tag);
    samples.push(
      decoded.ok
        ? { ...base, value: decoded.value, quality: 'good' }
        : { ...base, value: null, quality: 'bad', code: decoded.code },
    );
  }
  return samples;
}

/** Every tag once more with its last value, for a connection that was lost at `sourceTime`. */
export function staleSamples(
  tags: readonly ModbusTag[],
  lastValues: ReadonlyMap<string, Sample['value']>,
  sourceTime: number,
): Sample[] {
  return tags.map((tag) => ({
    ...baseOf(tag, sourceTime),
    value: lastValues.get(tag.topic) ?? null,
    quality: 'stale',
    code: 'disconnected',
  }));
}
