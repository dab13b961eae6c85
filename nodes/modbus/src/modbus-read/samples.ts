import type { Sample } from '@bulkhead/core';
import { decodeRegisters } from '../protocol/decode.ts';
import type { Block } from '../protocol/read-plan.ts';
import type { Reply } from '../protocol/request.ts';
import type { ModbusTag } from '../modbus-tag/read-tag.ts';

/** What a block's request came to, as far as its tags are concerned. */
export type BlockOutcome = Reply | { kind: 'timeout' } | { kind: 'queue-full' } | { kind: 'silent-unit' };

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
    samples.push({ ...base, ...valueOf(tag, outcome.values.slice(from, from + tag.span.count)) });
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

/** One point without a value makes the whole waveform bad: there is no way to say which. */
function valueOf(tag: ModbusTag, words: readonly number[]): Pick<Sample, 'value' | 'quality' | 'code' | 'stepUs'> {
  const points = tag.waveform?.points ?? 1;
  const each = words.length / points;
  const values: number[] = [];
  for (let at = 0; at < points; at += 1) {
    const decoded = decodeRegisters(words.slice(at * each, (at + 1) * each), tag);
    if (!decoded.ok) return { value: null, quality: 'bad', code: decoded.code };
    if (tag.waveform === undefined) return { value: decoded.value, quality: 'good' };
    values.push(Number(decoded.value));
  }
  return { value: values, quality: 'good', stepUs: tag.waveform?.stepUs ?? 0 };
}
