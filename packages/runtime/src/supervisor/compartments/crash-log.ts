import { withoutStack } from '../../protocol/exit-detail.ts';
import type { ChildExit, RelayedEvent } from '../../protocol/messages.ts';
import { type LastExit, lastExitOf } from './compartment-state.ts';

/** One entry of `GET /bulkhead/compartments/:id/crashes`. */
export interface CrashReport extends LastExit {
  readonly stderrTail: readonly string[];
}

const mostKept = 20;

/** The last crashes of a compartment, newest last. */
export interface CrashLog {
  readonly reports: readonly CrashReport[];
  add(exit: ChildExit, nodeName: string | undefined): LastExit;
}

export function createCrashLog(): CrashLog {
  const reports: CrashReport[] = [];
  return {
    reports,
    add(exit, nodeName) {
      const last = lastExitOf(exit, nodeName);
      reports.push({ ...last, stderrTail: exit.stderrTail });
      if (reports.length > mostKept) reports.shift();
      return last;
    },
  };
}

/** The red dot of the node that ended its compartment; nothing when no node is known. */
export function crashStatus({ nodeId, reason, detail }: LastExit): RelayedEvent[] {
  if (nodeId === undefined) return [];
  const text = `${reason}: ${withoutStack(detail)}`.slice(0, 120);
  const status = { fill: 'red', shape: 'dot', text };
  return [{ name: 'node-status', payload: { id: nodeId, status } }];
}

/** Turns that dot green again, saying so. */
export function recoveryStatus({ nodeId, reason }: LastExit): RelayedEvent[] {
  if (nodeId === undefined) return [];
  const status = { fill: 'green', shape: 'dot', text: `running again after ${reason}` };
  return [{ name: 'node-status', payload: { id: nodeId, status } }];
}
