import type { DeployType, RelayedEvent } from '../protocol/messages.ts';
import type { Plan } from './plan/partition.ts';

/** Says in the editor and in the log, at a deploy, what the plan knows to be wrong before anything runs. */
export function createPlanNotices(show: (events: readonly RelayedEvent[]) => void, log: (line: string) => void) {
  let said = '[]';
  return ({ conflicts, warnings }: Plan, deployType: DeployType): void => {
    const lines = [
      ...conflicts.map(({ reason, nodes }) => ({ text: reason, nodeId: nodes.at(-1)?.id })),
      ...warnings.map((text) => ({ text })),
    ];
    const before = said;
    said = JSON.stringify(lines);
    // From an editor that has been away come the same flows again.
    if (lines.length === 0 || (deployType === 'load' && said === before)) return;
    show([{ name: 'comms', payload: { topic: 'bulkhead/plan', data: { lines } } }]);
    for (const { text } of lines) log(`plan: ${text}`);
  };
}
