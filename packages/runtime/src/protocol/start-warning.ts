import type { FlowProblem, RelayedEvent } from './messages.ts';

/** Stays in the editor as long as some flows of the compartment do not run; without problems it takes the last one back. */
export function startWarning(compartmentId: string, problems: readonly FlowProblem[]): RelayedEvent {
  const text = problems.map((problem) => problem.message).join('; ');
  const id = `runtime-state-${compartmentId}`;
  if (text === '') return { name: 'runtime-event', payload: { id, payload: {} } };
  return { name: 'runtime-event', payload: { id, payload: { type: 'warning', text }, retain: true } };
}
