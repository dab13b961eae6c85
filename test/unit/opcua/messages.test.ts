import { deepEqual } from 'node:assert/strict';
import { messagesOf } from '../../../nodes/opcua/src/opcua-read/messages.ts';
import type { Reading } from '../../../nodes/opcua/src/opcua-read/readings.ts';

const reading = (topic: string, value: Reading['value']): Reading => ({
  topic,
  value,
  quality: 'good',
  code: 0,
  sourceTime: 1_000,
  unit: 'bar',
  address: `ns=1;s=${topic}`,
});
const tagOf = (topic: string): object => ({
  quality: 'good',
  code: 0,
  sourceTime: 1_000,
  unit: 'bar',
  address: `ns=1;s=${topic}`,
});

describe('Messages of an opcua-read', () => {
  const readings = [reading('a', 1), reading('b', { X: 1 }), reading('c', 'text')];

  it('are one for a notification, with the samples in their order', () => {
    const [batch, whole] = messagesOf(readings, 'batch');
    deepEqual(batch?.payload, [readings[0], readings[2]]);
    deepEqual(whole, { topic: 'b', payload: { X: 1 }, tag: tagOf('b') });
  });

  it('are one for each value where that is wanted, with its quality, time and unit', () => {
    deepEqual(messagesOf(readings, 'each'), [
      { topic: 'a', payload: 1, tag: tagOf('a') },
      { topic: 'c', payload: 'text', tag: tagOf('c') },
      { topic: 'b', payload: { X: 1 }, tag: tagOf('b') },
    ]);
  });

  it('are none for nothing', () => {
    deepEqual(messagesOf([], 'batch'), []);
  });
});
