import { withoutStack } from '../../protocol/exit-detail.ts';
import type { RelayedEvent } from '../../protocol/messages.ts';
import type { LastExit } from './last-exit.ts';

/** The red dot of the node that ended its compartment; nothing when no node is known. */
export function crashStatus({ nodeId, dotId = nodeId, reason, detail }: LastExit): RelayedEvent[] {
  if (dotId === undefined) return [];
  const text = `${reason.replaceAll('-', ' ')}: ${withoutStack(detail)}`.slice(0, 120);
  const status = { fill: 'red', shape: 'dot', text };
  return [{ name: 'node-status', payload: { id: dotId, status } }];
}

/** Turns that dot green again, saying so. */
export function recoveryStatus({ nodeId, dotId = nodeId, reason }: LastExit): RelayedEvent[] {
  if (dotId === undefined) return [];
  const status = { fill: 'green', shape: 'dot', text: `running again after ${reason.replaceAll('-', ' ')}` };
  return [{ name: 'node-status', payload: { id: dotId, status } }];
}
