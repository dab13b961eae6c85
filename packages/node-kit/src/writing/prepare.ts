import type { Prepared, WritePort } from './write-port.ts';
import type { WriteResult, WriteWish } from './write-result.ts';
import type { WriteTag } from './write-tag.ts';

/** Checks one sample against the table, before anything is sent. */
export function prepare<Tag extends WriteTag, Encoded, Value>(
  wish: WriteWish & { value: Value | null },
  tags: ReadonlyMap<string, Tag>,
  encode: WritePort<Tag, Encoded, never, Value>['encode'],
): Prepared<Tag, Encoded> | WriteResult {
  const { topic, value, quality } = wish;
  const tag = tags.get(topic);
  const result: WriteResult = { topic, value, ok: false, ...(tag === undefined ? {} : { address: tag.address }) };
  if (tag === undefined) return { ...result, code: 'unknown-tag', reason: `the table has no tag ${topic}` };
  if (value === null || quality === 'bad' || quality === 'stale') {
    return { ...result, code: 'no-value', reason: `a value of quality ${quality} is not written` };
  }
  if ((typeof value === 'number' || typeof value === 'bigint') && !(value >= tag.min && value <= tag.max)) {
    return { ...result, code: 'out-of-range', reason: `${value} is outside of ${tag.min} to ${tag.max}` };
  }
  const encoded = encode(value, tag, wish);
  if (!encoded.ok) return { ...result, code: encoded.code, reason: encoded.reason };
  return { tag, result, encoded: encoded.encoded };
}
