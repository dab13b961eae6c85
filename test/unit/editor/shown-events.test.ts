import { deepEqual } from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { createShownEvents } from '../../../packages/runtime/src/editor/shown-events.ts';
import type { RelayedEvent } from '../../../packages/runtime/src/protocol/messages.ts';

const status = (id: string, text: string): RelayedEvent => ({
  name: 'node-status',
  payload: { id, status: text === '' ? {} : { text } },
});
const warning = (id: string, text: string): RelayedEvent => ({
  name: 'runtime-event',
  payload: { id, payload: { text }, retain: true },
});

describe('what the house has shown in the editor', () => {
  it('is taken back when another supervisor does not say it again', async () => {
    const events = new EventEmitter();
    const told: unknown[] = [];
    const shown = createShownEvents(events, 1);
    shown.show([
      status('lives', 'connected'),
      status('dead', 'connected'),
      status('off', ''),
      warning('gone', 'no palette'),
    ]);
    for (const name of ['node-status', 'runtime-event', 'comms'])
      events.on(name, (payload) => told.push([name, payload]));
    shown.connected();
    shown.show([status('lives', 'connected'), { name: 'comms', payload: { topic: 'x', data: 1, retain: true } }]);
    await once(events, 'runtime-event');
    deepEqual(told, [
      ['node-status', { id: 'lives', status: { text: 'connected' } }],
      ['comms', { topic: 'x', data: 1, retain: true }],
      ['node-status', { id: 'dead', status: {} }],
      ['runtime-event', { id: 'gone', payload: {} }],
    ]);
    shown.stop();
  });
});
