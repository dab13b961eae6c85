import type { Plan } from '../../supervisor/plan/partition.ts';
import type { Finding, Flows } from './finding.ts';

/** What the plan knows before anything runs: two nodes on one port or path, names in `bulkhead.yaml` that mean nothing. */
export function planFindings(flows: Flows, { conflicts, warnings }: Plan): Finding[] {
  return [
    ...conflicts.flatMap(({ nodes, reason }): Finding[] => {
      // The last one: it is the one that somebody has added.
      const node = flows.byId.get(nodes.at(-1)?.id ?? '');
      return node ? [flows.finding('conflict', node, reason)] : [];
    }),
    ...warnings.map((message): Finding => ({ rule: 'plan', nodeId: '', where: 'bulkhead.yaml', message })),
  ];
}
