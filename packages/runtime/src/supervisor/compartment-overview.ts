import type { RelayedEvent } from '../protocol/messages.ts';
import type { Compartment } from './compartments/compartment.ts';

/** What the editor shows on its tabs: the state of each compartment, retained so that a browser opened later sees it. */
export function compartmentOverview(compartments: Iterable<Compartment>): RelayedEvent {
  const data = [...compartments].map(({ planned, state, restarts, lastExit, missingTypes, pinnedAgainst }) => ({
    id: planned.id,
    name: planned.name,
    tabs: planned.tabs.map((tab) => tab.id),
    // Tabs of which only the widgets run here.
    guests: planned.splits.filter(({ to }) => to === planned.id).map(({ tab }) => tab),
    state: state.kind,
    restarts,
    lastExit,
    missingTypes,
    pinned: pinnedAgainst !== null,
  }));
  return { name: 'comms', payload: { topic: 'bulkhead/compartments', data, retain: true } };
}
