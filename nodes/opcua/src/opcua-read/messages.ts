import { messageFromBatch, messageFromSample } from '@bulkhead/core';
import type { Output } from './defaults.ts';
import { isSample, type Reading } from './readings.ts';

export interface ReadingMessage {
  topic?: string;
  payload: unknown;
  tag?: Omit<Reading, 'topic' | 'value'>;
}

/**
 * The messages for the readings of one notification. Samples go together if that is wanted; a value that is an object or
 * a list as a whole is no sample, and goes alone: whatever takes batches takes this one.
 */
export function messagesOf(readings: readonly Reading[], output: Output): ReadingMessage[] {
  const samples = readings.filter(isSample);
  const messages: ReadingMessage[] = [];
  if (output === 'each') for (const sample of samples) messages.push(messageFromSample(sample));
  else if (samples.length > 0) messages.push({ ...messageFromBatch(samples) });
  if (samples.length === readings.length) return messages;
  for (const reading of readings) {
    if (isSample(reading)) continue;
    const { topic, value, ...tag } = reading;
    messages.push({ topic, payload: value, tag });
  }
  return messages;
}
