import { isWaveform, type Sample } from '@bulkhead/core';

/** The btree index on the topic holds no longer keys (2,704 bytes on 8 kB pages, before compression). */
const longestTopicBytes = 2_500;
/** First instant of a PostgreSQL timestamp: 4714-11-24 BC (8.5). */
const earliestMs = -210_866_803_200_000;
const longestTextBytes = 16 * 1_048_576;

/** Why PostgreSQL could not keep this sample as it is, or undefined where it can. */
export function unstorable({
  topic,
  value,
  sourceTime,
  stepUs,
  unit = '',
  address = '',
  code,
}: Sample): string | undefined {
  if (topic === '') return 'the topic is empty';
  if (Buffer.byteLength(topic) > longestTopicBytes) return `the topic is longer than ${longestTopicBytes} bytes`;
  if (!Number.isFinite(sourceTime) || sourceTime < earliestMs || sourceTime > 8.64e15)
    return `its time ${sourceTime} is out of range`;
  for (const text of [
    topic,
    unit,
    address,
    typeof code === 'string' ? code : '',
    typeof value === 'string' ? value : '',
  ]) {
    if (text.includes('\0')) return 'it contains a NUL character, which PostgreSQL text cannot hold';
    if (!text.isWellFormed()) return 'it contains half a surrogate pair, which is no Unicode text';
    if (text.length > longestTextBytes / 4 && Buffer.byteLength(text) > longestTextBytes)
      return 'its text is longer than 16 MB';
  }
  if (isWaveform(value)) {
    if (value.length === 0) return 'the waveform has no points';
    if (stepUs === undefined || !(stepUs > 0) || !Number.isFinite(stepUs)) return 'the waveform has no stepUs above 0';
    if (!value.every(Number.isFinite)) return 'the waveform has a point that is not a finite number';
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return `${value} is not a finite number`;
  if (typeof value === 'bigint' && (value < -(2n ** 63n) || value >= 2n ** 64n))
    return 'the integer does not fit 64 bits';
  return undefined;
}

/** Microseconds since 1970, the resolution of a PostgreSQL timestamp. Exact for the times of this century. */
export function microseconds(sourceTimeMs: number): number {
  return Math.round(sourceTimeMs * 1_000);
}
