import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { createEventRelay, type EventRelay } from '../../../packages/runtime/src/compartment/event-relay.ts';
import type { RelayedEvent } from '../../../packages/runtime/src/protocol/messages.ts';
import { until } from '../../support/until.ts';

describe('the relay of events to the editor', () => {
  let events: EventEmitter;
  let relay: EventRelay;
  let sent: RelayedEvent[];
  let reachable: boolean;
  let starting: boolean;

  beforeEach(() => {
    events = new EventEmitter();
    sent = [];
    reachable = true;
    starting = false;
    relay = createEventRelay({
      events,
      debugLimitPerSecond: 10,
      flushEveryMs: 1,
      starting: () => starting,
      send(batch) {
        if (reachable) sent.push(...batch);
        return reachable;
      },
    });
  });
  afterEach(() => relay.stop());
  const some = (what: string): Promise<unknown> => until(() => sent.length > 0, { deadlineMs: 3000, what });

  it('tells the last status of a node, and an empty one when it was cleared', async () => {
    for (const text of ['a', 'b', 'c']) events.emit('node-status', { id: 'n', status: { text } });
    events.emit('node-status', { id: 'm', status: { text: '' } });
    await some('statuses');
    assert.deepEqual(sent, [
      { name: 'node-status', payload: { id: 'n', status: { text: 'c' } } },
      { name: 'node-status', payload: { id: 'm', status: {} } },
    ]);
  });

  it('keeps a status that could not be sent', async () => {
    reachable = false;
    events.emit('node-status', { id: 'n', status: { text: 'a' } });
    await until(() => true, { deadlineMs: 10, what: 'a flush' });
    reachable = true;
    relay.resend();
    await some('the status');
    assert.deepEqual(sent, [{ name: 'node-status', payload: { id: 'n', status: { text: 'a' } } }]);
  });

  it('repeats dots and retained topics for a new supervisor, not what was cleared or not retained', async () => {
    events.emit('node-status', { id: 'n', status: { text: 'a' } });
    events.emit('node-status', { id: 'gone', status: { text: 'a' } });
    events.emit('node-status', { id: 'gone', status: {} });
    events.emit('comms', { topic: 'kept', data: 1, retain: true });
    events.emit('comms', { topic: 'once', data: 2 });
    await some('the first time');
    sent = [];
    relay.resend();
    await some('the second time');
    assert.deepEqual(sent, [
      { name: 'comms', payload: { topic: 'kept', data: 1, retain: true } },
      { name: 'node-status', payload: { id: 'n', status: { text: 'a' } } },
    ]);
  });

  it('leaves out what the runtime says of itself', async () => {
    starting = true;
    events.emit('comms', { topic: 'debug', data: { level: 30, msg: 'about the start' } });
    events.emit('runtime-event', { id: 'runtime-state', payload: { state: 'start' } });
    events.emit('runtime-event', { id: 'node/added', payload: [] });
    events.emit('comms', { topic: 'debug', data: { id: 'n', msg: 'of a node' } });
    events.emit('runtime-event', { id: 'my-notice', payload: { text: 'x' } });
    await some('the rest');
    assert.deepEqual(sent, [
      { name: 'comms', payload: { topic: 'debug', data: { id: 'n', msg: 'of a node' } } },
      { name: 'runtime-event', payload: { id: 'my-notice', payload: { text: 'x' } } },
    ]);
  });

  it('sends what a browser could show of values that have no JSON', async () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    events.emit('comms', { topic: 't', data: circle });
    events.emit('comms', { topic: 't', data: { when: new Date(0), does: () => 1 } });
    await some('values');
    assert.deepEqual(
      sent.map((event) => (event.name === 'comms' ? event.payload.data : undefined)),
      ['a value that cannot be shown', { when: '1970-01-01T00:00:00.000Z' }],
    );
  });
});
