/**
 * The entries of the flow file that one compartment runs: its tabs without the widgets that run with a dashboard, and
 * what stands on the dashboards it serves, each on a stand-in of its tab.
 */
import type { FlowNode } from '../../protocol/messages.ts';
import { closure, type FlowIndex } from './flow-index.ts';
import type { PlannedCompartment } from './partition.ts';
import { surfacesOf } from './surfaces.ts';

export function ownFlows({ id, tabs, dashboards, splits }: PlannedCompartment, index: FlowIndex): FlowNode[] {
  const away = new Set(splits.filter(({ to }) => to !== id).flatMap(({ nodes }) => nodes));
  const guests = splits.filter(({ to }) => to === id);
  const served = new Set(dashboards.map((dashboard) => dashboard.id));
  const configs = served.size === 0 ? [] : surfacesOf(index).flatMap((one) => (served.has(one.id) ? one.configs : []));
  const own = closure([...tabs.map((tab) => tab.id), ...guests.flatMap(({ nodes }) => nodes), ...configs], index, away);
  const standIns = new Map<string, FlowNode>();
  for (const { tab, nodes } of guests) {
    const entry = index.byId.get(tab);
    if (entry) standIns.set(tab, tabStandIn(entry));
    for (const node of nodes) for (const group of groupsAround(node, index)) standIns.set(group.id, group);
  }
  return [...standIns.values(), ...own];
}

/** What nodes can see of their tab; where things are drawn is of no matter to them. */
const tabStandIn = ({ id, type, label, env }: FlowNode): FlowNode => ({
  id,
  type,
  label: label ?? '',
  ...(env === undefined ? {} : { env }),
});

/** Groups have an environment, and say which catch and status nodes are near. */
function groupsAround(nodeId: string, index: FlowIndex): FlowNode[] {
  const found: FlowNode[] = [];
  const seen = new Set<unknown>();
  let at = index.byId.get(nodeId)?.['g'];
  while (typeof at === 'string' && !seen.has(at)) {
    seen.add(at);
    const group = index.byId.get(at);
    if (group?.type !== 'group') break;
    const { id, type, z, name, env, g } = group;
    found.push({
      id,
      type,
      ...(z === undefined ? {} : { z }),
      name: name ?? '',
      ...(env === undefined ? {} : { env }),
      ...(g === undefined ? {} : { g }),
    });
    at = g;
  }
  return found;
}
