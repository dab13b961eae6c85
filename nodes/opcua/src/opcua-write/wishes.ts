import { isQuality, isRecord, isSourceTime } from '@bulkhead/core';
import type { WishesResult, WriteWish } from '@bulkhead/node-kit';

type Wish = WriteWish & { value: unknown };

function wishOf(fields: Record<string, unknown>, topic: unknown, value: unknown, where: string): Wish | string {
  if (typeof topic !== 'string' || topic === '') return `${where}topic is missing: name the tag in it`;
  if (value === undefined) return `${where === 'msg.' ? 'msg.payload' : `${where}value`} is missing`;
  const { quality = value === null ? 'bad' : 'good', sourceTime, code } = fields;
  if (!isQuality(quality)) return `${where}quality of ${topic} is not good, uncertain, bad or stale`;
  const time = sourceTime instanceof Date ? sourceTime.getTime() : sourceTime;
  if (time !== undefined && !isSourceTime(time))
    return `${where}sourceTime of ${topic} is not a time in epoch milliseconds`;
  return {
    topic,
    value,
    quality,
    ...(time === undefined ? {} : { sourceTime: time }),
    ...(typeof code === 'number' || typeof code === 'string' ? { code } : {}),
  };
}

/** A list of samples; every other list is the value of an array. */
function isBatch(payload: unknown): payload is readonly Record<string, unknown>[] {
  return (
    Array.isArray(payload) &&
    payload.length > 0 &&
    payload.every((each) => isRecord(each) && typeof each['topic'] === 'string' && 'value' in each)
  );
}

/**
 * What a message asks to write: a sample or a batch of them, as from any reading node, or any other value for the tag
 * `msg.topic`: an object for a structure, an array, an array of arrays.
 */
export function wishesOf(message: unknown, options: { now: number; defaultTopic?: string }): WishesResult<unknown> {
  const refused = (problem: string): WishesResult<unknown> => ({ ok: false, code: 'no-sample', message: problem });
  if (!isRecord(message)) return refused('the message is not an object');
  const { topic, payload, tag } = message;
  if (isBatch(payload)) {
    const wishes: Wish[] = [];
    for (const [at, each] of payload.entries()) {
      const wish = wishOf(each, each['topic'], each['value'], `msg.payload[${at}].`);
      if (typeof wish === 'string') return refused(wish);
      wishes.push(wish);
    }
    return { ok: true, wishes };
  }
  const wish = wishOf(isRecord(tag) ? tag : {}, topic || options.defaultTopic, payload, 'msg.');
  return typeof wish === 'string' ? refused(wish) : { ok: true, wishes: [wish] };
}
