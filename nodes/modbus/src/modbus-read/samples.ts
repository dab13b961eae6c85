import type { Sample } from '@bulkhead/core';
import { sampleBase } from '@bulkhead/node-kit';
import { decodeRegisters } from '../protocol/decode.ts';
import type { SpanOutcome } from '../modbus-tag/span-outcome.ts';
import type { ReadTag } from './config.ts';

/** The sample of one tag; nothing when its reading was cut off by the loss of the connection. */
export function sampleOf(tag: ReadTag, outcome: SpanOutcome | undefined, sourceTime: number): Sample | undefined {
  if (outcome === undefined || outcome.kind === 'lost') return undefined;
  const { stepUs, ...base } = sampleBase(tag, sourceTime);
  if (outcome.kind !== 'values') return { ...base, value: null, quality: 'bad', code: outcome.code };
  const read = valueOf(tag, outcome.values.slice(outcome.at, outcome.at + tag.span.count));
  return { ...base, ...(stepUs === undefined || read.quality === 'bad' ? {} : { stepUs }), ...read };
}

/** One point without a value makes the whole waveform bad: there is no way to say which. */
function valueOf(tag: ReadTag, words: readonly number[]): Pick<Sample, 'value' | 'quality' | 'code'> {
  const points = tag.waveform?.points ?? 1;
  const each = words.length / points;
  const values: number[] = [];
  for (let at = 0; at < points; at += 1) {
    const decoded = decodeRegisters(words.slice(at * each, (at + 1) * each), tag);
    if (!decoded.ok) return { value: null, quality: 'bad', code: decoded.code };
    if (tag.waveform === undefined) return { value: decoded.value, quality: 'good' };
    values.push(Number(decoded.value));
  }
  return { value: values, quality: 'good' };
}
