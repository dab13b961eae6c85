import type { RelayedEvent } from '../protocol/messages.ts';
import type { Compartment } from './compartments/compartment.ts';

/** The whole of it is in the compartment's own view and in its log. */
const maxReasonLength = 300;

/** What the editor shows on its tabs: the state of each compartment, retained so that a browser opened later sees it. */
export function compartmentOverview(compartments: Iterable<Compartment>): RelayedEvent {
  const data = [...compartments].map(({ planned, state, restarts, lastExit, problems, pinnedAgainst, isSilent }) => ({
    id: planned.id,
    name: planned.name,
    tabs: planned.tabs.map((tab) => tab.id),
    // Tabs of which only the widgets run here.
    guests: planned.splits.filter(({ to }) => to === planned.id).map(({ tab }) => tab),
    state: state.kind,
    silent: isSilent,
    restarts,
    lastExit,
    problems: problems.map((problem) => ({ ...problem, because: problem.because.slice(0, maxReasonLength) })),
    pinned: pinnedAgainst !== null,
  }));
  return { name: 'comms', payload: { topic: 'bulkhead/compartments', data, retain: true } };
}
