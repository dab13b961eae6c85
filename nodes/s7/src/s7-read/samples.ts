import type { Sample, SampleValue } from '@bulkhead/core';
import { sampleBase } from '@bulkhead/node-kit';
import { type Decoded, decodeValue } from '../protocol/decode.ts';
import { sizeOf } from '../protocol/s7-type.ts';
import type { SpanOutcome } from '../s7-tag/span-outcome.ts';
import type { ReadTag } from './config.ts';

type Value = { ok: true; value: SampleValue } | Extract<Decoded, { ok: false }>;

/** One point that is no number makes the whole waveform none: there is no such thing as half of a good value. */
function decodeWaveform(tag: ReadTag, count: number, view: DataView, at: number): Value {
  const points: number[] = [];
  const size = sizeOf(tag.scalar);
  for (let index = 0; index < count; index += 1) {
    const decoded = decodeValue(view, at + index * size, 0, tag.scalar, tag);
    if (!decoded.ok) return decoded;
    points.push(Number(decoded.value));
  }
  return { ok: true, value: points };
}

function sampleOf(tag: ReadTag, view: DataView, at: number, sourceTime: number): Sample {
  const decoded: Value =
    tag.waveform === undefined
      ? decodeValue(view, at, tag.bit, tag.scalar, tag)
      : decodeWaveform(tag, tag.waveform.count, view, at);
  if (!decoded.ok) return { ...sampleBase(tag, sourceTime), value: null, quality: 'bad', code: decoded.code };
  const { topic, address, unit } = tag;
  // Of this there are hundreds of thousands a second.
  if (tag.waveform === undefined && unit === undefined) {
    return { topic, value: decoded.value, quality: 'good', sourceTime, address };
  }
  return { ...sampleBase(tag, sourceTime), value: decoded.value, quality: 'good' };
}

/** One sample per tag; none for a tag whose reading was cut off by the loss of the connection. */
export function cycleSamples(tags: readonly ReadTag[], outcomes: readonly SpanOutcome[], sourceTime: number): Sample[] {
  const samples: Sample[] = [];
  let bytes: Buffer | undefined;
  let view: DataView = new DataView(new ArrayBuffer(0));
  for (const [index, tag] of tags.entries()) {
    const outcome = outcomes[index];
    if (outcome === undefined || outcome.kind === 'lost') continue;
    if (outcome.kind !== 'bytes') {
      samples.push({ ...sampleBase(tag, sourceTime), value: null, quality: 'bad', code: outcome.code });
      continue;
    }
    if (outcome.bytes !== bytes) {
      bytes = outcome.bytes;
      view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    samples.push(sampleOf(tag, view, outcome.at, sourceTime));
  }
  return samples;
}
