import type { Finding, Flows } from './finding.ts';

/** Entries with the id of an earlier one: Node-RED takes them for one, and the nodes of two such tabs for those of either. */
export function duplicateIds(flows: Flows): Finding[] {
  const seen = new Set<string>();
  return flows.nodes.flatMap((node): Finding[] => {
    if (!seen.has(node.id)) {
      seen.add(node.id);
      return [];
    }
    return [flows.finding('duplicate-id', node, `another entry has the id ${node.id} as well`)];
  });
}
