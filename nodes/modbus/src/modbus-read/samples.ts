import type { Sample } from '@bulkhead/core';
import { sampleBase } from '@bulkhead/node-kit';
import { decodeRegisters } from '../protocol/decode.ts';
import type { SpanOutcome } from '../modbus-tag/span-outcome.ts';
import type { ReadTag } from './config.ts';

/** One sample per tag; none for a tag whose reading was cut off by the loss of the connection. */
export function samplesOf(
  tags: readonly ReadTag[],
  outcomeOf: (index: number) => SpanOutcome | undefined,
  sourceTime: number,
): Sample[] {
  const samples: Sample[] = [];
  for (let index = 0; index < tags.length; index += 1) {
    const tag = tags[index];
    const sample = tag === undefined ? undefined : sampleOf(tag, outcomeOf(index), sourceTime);
    if (sample !== undefined) samples.push(sample);
  }
  return samples;
}

function sampleOf(tag: ReadTag, outcome: SpanOutcome | undefined, sourceTime: number): Sample | undefined {
  if (outcome === undefined || outcome.kind === 'lost') return undefined;
  if (outcome.kind !== 'values') return badSample(tag, outcome.code, sourceTime);
  if (tag.waveform !== undefined) return waveformSample(tag, tag.waveform, outcome, sourceTime);
  const decoded = decodeRegisters(outcome.values, tag, tag.span.address - outcome.from);
  if (!decoded.ok) return badSample(tag, decoded.code, sourceTime);
  const { topic, address, unit } = tag;
  const { value } = decoded;
  // Of this there are hundreds of thousands a second.
  if (unit === undefined) return { topic, value, quality: 'good', sourceTime, address };
  return { topic, value, quality: 'good', sourceTime, unit, address };
}

function badSample(tag: ReadTag, code: number | string, sourceTime: number): Sample {
  const { stepUs: _none, ...base } = sampleBase(tag, sourceTime);
  return { ...base, value: null, quality: 'bad', code };
}

/** One point without a value makes the whole waveform bad: there is no way to say which. */
function waveformSample(
  tag: ReadTag,
  { points }: { points: number },
  { values, from }: { values: readonly number[]; from: number },
  sourceTime: number,
): Sample {
  const at = tag.span.address - from;
  const each = tag.span.count / points;
  const read: number[] = [];
  for (let point = 0; point < points; point += 1) {
    const decoded = decodeRegisters(values, tag, at + point * each);
    if (!decoded.ok) return badSample(tag, decoded.code, sourceTime);
    read.push(Number(decoded.value));
  }
  return { ...sampleBase(tag, sourceTime), value: read, quality: 'good' };
}
