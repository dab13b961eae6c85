import type { Sample } from '@bulkhead/core';
import { encodeValue } from '../protocol/encode.ts';
import type { WriteTag } from './config.ts';
import type { WriteResult } from './write-result.ts';

/** A value that may be written, as its bytes. */
export interface Prepared {
  tag: WriteTag;
  result: WriteResult;
  bytes: Uint8Array;
  skip: number;
}

/** Checks one sample against the table, before anything is sent. */
export function prepare(sample: Sample, tags: ReadonlyMap<string, WriteTag>): Prepared | WriteResult {
  const { topic, value, quality } = sample;
  const tag = tags.get(topic);
  const result: WriteResult = { topic, value, ok: false, ...(tag === undefined ? {} : { address: tag.address }) };
  if (tag === undefined) return { ...result, code: 'unknown-tag', reason: `the table has no tag ${topic}` };
  if (value === null || quality === 'bad' || quality === 'stale') {
    return { ...result, code: 'no-value', reason: `a value of quality ${quality} is not written` };
  }
  if ((typeof value === 'number' || typeof value === 'bigint') && !(value >= tag.min && value <= tag.max)) {
    return { ...result, code: 'out-of-range', reason: `${value} is outside of ${tag.min} to ${tag.max}` };
  }
  const encoded = encodeValue(value, tag.scalar, tag);
  if (!encoded.ok) return { ...result, code: encoded.code, reason: encoded.reason };
  return { tag, result, bytes: encoded.bytes, skip: encoded.skip };
}
