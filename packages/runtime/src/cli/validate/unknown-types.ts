import type { Finding, Flows } from './finding.ts';

/** Entries of a flow file that are no nodes of a palette. */
const builtIn = new Set(['tab', 'subflow', 'group', 'junction']);

/** Types that no palette registers, once each, at the first node that uses them. */
export function unknownTypes(flows: Flows, known: ReadonlySet<string>): Finding[] {
  const first = new Map<string, { readonly finding: Finding; count: number }>();
  for (const node of flows.nodes) {
    const { type } = node;
    if (builtIn.has(type) || known.has(type) || !flows.runs(node)) continue;
    const subflow = type.startsWith('subflow:') ? type.slice('subflow:'.length) : undefined;
    if (subflow !== undefined && flows.byId.get(subflow)?.type === 'subflow') continue;
    const seen = first.get(type);
    if (seen) {
      seen.count += 1;
      continue;
    }
    const message =
      subflow === undefined
        ? `no installed palette has the type "${type}"`
        : `the subflow ${subflow} is not in the file`;
    first.set(type, { finding: flows.finding('unknown-type', node, message), count: 1 });
  }
  return [...first.values()].map(({ finding, count }) =>
    count === 1 ? finding : { ...finding, message: `${finding.message} (${count} nodes use it)` },
  );
}
