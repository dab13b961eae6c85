import type { RelayedEvent } from '../../protocol/messages.ts';

/**
 * The last status of every node of a compartment.
 *
 * Kept so that a restarted editor shows all dots again, and so that the dots of an ended compartment can be cleared:
 * a dead tab must not go on claiming "connected".
 */
export interface NodeStatusMemory {
  note(events: readonly RelayedEvent[]): void;
  /** Undefined where it shows none. */
  of(nodeId: string): unknown;
  /** Events that show every remembered status. */
  replay(): RelayedEvent[];
  /** Events that clear every remembered status; the memory is empty afterwards. */
  clear(): RelayedEvent[];
}

export function createNodeStatusMemory(): NodeStatusMemory {
  const last = new Map<string, unknown>();
  return {
    note(events) {
      for (const event of events) {
        if (event.name !== 'node-status') continue;
        const { id, status } = event.payload;
        if (typeof status === 'object' && status !== null && Object.keys(status).length > 0) last.set(id, status);
        else last.delete(id);
      }
    },
    of: (nodeId) => last.get(nodeId),
    replay: () => [...last].map(([id, status]): RelayedEvent => ({ name: 'node-status', payload: { id, status } })),
    clear() {
      const events = [...last.keys()].map((id): RelayedEvent => ({ name: 'node-status', payload: { id, status: {} } }));
      last.clear();
      return events;
    },
  };
}
