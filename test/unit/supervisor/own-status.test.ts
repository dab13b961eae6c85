import assert from 'node:assert/strict';
import type { RelayedEvent } from '../../../packages/runtime/src/protocol/messages.ts';
import { createNodeStatusMemory } from '../../../packages/runtime/src/supervisor/compartments/node-status-memory.ts';
import { withOwnStatus } from '../../../packages/runtime/src/supervisor/own-status.ts';

const status = (id: string, value: object): RelayedEvent => ({ name: 'node-status', payload: { id, status: value } });

describe('the status that a bridge shows on the node it leads to', () => {
  const statuses = createNodeStatusMemory();
  const connected = { fill: 'green', text: 'connected' };
  statuses.note([status('pump', connected)]);
  const owner = (nodeId: string) => (nodeId === 'pump' || nodeId === 'quiet' ? { id: 'tab', statuses } : undefined);

  it('is what waits, while something does', () => {
    const waiting = status('pump', { fill: 'yellow', text: '3 waiting' });
    assert.deepEqual(withOwnStatus(waiting, 'dash', owner), waiting);
  });

  it('gives way to the status of the node itself, where it has one', () => {
    assert.deepEqual(withOwnStatus(status('pump', {}), 'dash', owner), status('pump', connected));
    assert.deepEqual(withOwnStatus(status('quiet', {}), 'dash', owner), status('quiet', {}));
  });

  it('leaves alone what a compartment says of its own nodes', () => {
    assert.deepEqual(withOwnStatus(status('pump', {}), 'tab', owner), status('pump', {}));
    assert.deepEqual(withOwnStatus(status('unknown', {}), 'dash', owner), status('unknown', {}));
  });
});
