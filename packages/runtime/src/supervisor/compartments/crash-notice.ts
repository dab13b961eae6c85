import type { RelayedEvent } from '../../protocol/messages.ts';
import type { PlannedCompartment } from '../plan/partition.ts';
import type { CompartmentState, LastExit } from './compartment-state.ts';

/** What the editor says once about an ended compartment. */
export function crashNotice(planned: PlannedCompartment, exit: LastExit, next: CompartmentState): RelayedEvent {
  const data = {
    compartment: planned.id,
    name: planned.name,
    tabs: planned.tabs.map((tab) => tab.id),
    reason: exit.reason,
    detail: exit.detail,
    nodeId: exit.nodeId,
    nodeName: exit.nodeName,
    next: next.kind,
  };
  return { name: 'comms', payload: { topic: 'bulkhead/crash', data } };
}
