import type { FlowNode } from '../../protocol/messages.ts';
import type { Finding, Flows } from './finding.ts';

const prefix = 'subflow:';

/** Subflows that contain themselves, directly or through others: no runtime can make an instance of one. Once per circle. */
export function subflowLoops(flows: Flows): Finding[] {
  const subflows = flows.nodes.filter(({ type }) => type === 'subflow');
  const inner = new Map<string, Set<string>>(subflows.map(({ id }) => [id, new Set()]));
  for (const node of flows.nodes) {
    if (node.type.startsWith(prefix) && node['d'] !== true)
      inner.get(node.z ?? '')?.add(node.type.slice(prefix.length));
  }
  const told = new Set<string>();
  return subflows.flatMap((subflow): Finding[] => {
    const circle = told.has(subflow.id) ? null : circleOf(subflow.id, inner);
    if (circle === null) return [];
    for (const id of circle) told.add(id);
    const nameOf = (id: string): string => labelOf(flows.byId.get(id)) ?? id;
    const through = circle.slice(1).map(nameOf);
    const message = `contains itself${through.length === 0 ? '' : `, through ${through.join(', ')}`}`;
    return [flows.finding('subflow-loop', subflow, message)];
  });
}

const labelOf = (node: FlowNode | undefined): string | undefined => node?.name || undefined;

/** The subflows on the shortest way from one back to itself, that one first; null where there is none. */
function circleOf(start: string, inner: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] | null {
  const cameFrom = new Map<string, string>();
  const next = [start];
  for (const id of next) {
    for (const contained of inner.get(id) ?? []) {
      if (contained === start) return wayTo(id, cameFrom);
      if (cameFrom.has(contained)) continue;
      cameFrom.set(contained, id);
      next.push(contained);
    }
  }
  return null;
}

function wayTo(end: string, cameFrom: ReadonlyMap<string, string>): readonly string[] {
  const way = [end];
  for (let id = cameFrom.get(end); id !== undefined; id = cameFrom.get(id)) way.unshift(id);
  return way;
}
