import type { RelayedEvent } from '../../protocol/messages.ts';
import type { CrashReport } from '../crashes/crash-report.ts';
import type { PlannedCompartment } from '../plan/partition.ts';
import type { CompartmentState } from './compartment-state.ts';

/** What the editor is told once about an ended compartment; it finds the words, in its own language. */
export function crashNotice(
  planned: PlannedCompartment,
  report: CrashReport,
  next: CompartmentState['kind'] | 'rolled-back',
): RelayedEvent {
  const data = {
    compartment: planned.id,
    name: planned.name,
    tabs: planned.tabs.map((tab) => tab.id),
    report: report.id,
    reason: report.reason,
    detail: report.detail,
    nodeId: report.nodeId,
    nodeName: report.nodeName,
    nodeIsExact: report.nodeIsExact,
    hasMessage: report.message !== null,
    next,
  };
  return { name: 'comms', payload: { topic: 'bulkhead/crash', data } };
}
