import type { RelayedEvent } from '../protocol/messages.ts';
import type { NodeStatusMemory } from './compartments/node-status-memory.ts';

/**
 * A bridge says on the node it leads to how many messages wait for it. When none do any more, what comes back is the
 * status that the node itself has.
 */
export function withOwnStatus(
  event: RelayedEvent,
  from: string,
  owner: (nodeId: string) => { readonly id: string; readonly statuses: NodeStatusMemory } | undefined,
): RelayedEvent {
  if (event.name !== 'node-status') return event;
  const { id, status } = event.payload;
  if (typeof status !== 'object' || status === null || Object.keys(status).length > 0) return event;
  const runs = owner(id);
  const own = runs === undefined || runs.id === from ? undefined : runs.statuses.of(id);
  return own === undefined ? event : { ...event, payload: { id, status: own } };
}
