/**
 * Dashboards: one page that one process serves, with widgets from many tabs on it.
 *
 * Found by what nodes name, so that widgets of third parties are found like those of the dashboard itself: whatever
 * reaches the dashboard's config node, over any number of config nodes or inside a subflow, stands on it.
 */
import type { FlowNode } from '../../protocol/messages.ts';
import { type FlowIndex, isConfigNode, labelOf, referencedConfigs, subflowOf } from './flow-index.ts';

export interface Surface {
  /** Id of the config node that carries it. */
  readonly id: string;
  readonly label: string;
  /** Where it is served. */
  readonly path: string;
  /** What stands on it, by tab: its nodes, disabled ones as well, and config nodes that belong to the tab. */
  readonly nodes: ReadonlyMap<string, readonly FlowNode[]>;
  /** Config nodes that belong to no tab, whether a node uses them or not: a page without widgets is shown as well. */
  readonly configs: readonly string[];
}

/** `@flowfuse/node-red-dashboard`: each of these is a dashboard of its own. */
const carrier = 'ui-base';
/** `node-red-dashboard`: all of these are one dashboard, and some of its nodes name none of them. */
const oldCarriers: ReadonlySet<string> = new Set(['ui_base', 'ui_tab', 'ui_group']);
const isOldWidget = (node: FlowNode): boolean => node.type.startsWith('ui_');

/** In the order of the flow file; dashboards without a node on an enabled tab are left out. */
export function surfacesOf(index: FlowIndex): Surface[] {
  const carriers = index.nodes.filter((node) => node.type === carrier && isConfigNode(node));
  const old = index.nodes.filter((node) => oldCarriers.has(node.type) && isConfigNode(node));
  const oldOne = old.find((node) => node.type === 'ui_base') ?? old[0];
  if (oldOne) carriers.push(oldOne);
  if (carriers.length === 0) return [];
  const reached = reachOf(index, oldOne?.id);
  const tabs = new Set(index.tabs.map((tab) => tab.id));
  return carriers.flatMap((base): Surface[] => {
    const nodes = new Map<string, FlowNode[]>();
    const configs: string[] = [];
    for (const node of index.nodes) {
      if (node.type === 'tab' || node.type === 'subflow' || !reached(node).has(base.id)) continue;
      if (node.z === undefined || node.z === '') configs.push(node.id);
      else if (tabs.has(node.z)) nodes.set(node.z, [...(nodes.get(node.z) ?? []), node]);
    }
    const inUse = [...nodes.values()].flat().some(isActive);
    return inUse ? [{ id: base.id, label: labelOf(base), path: pathOf(base), nodes, configs }] : [];
  });
}

/** With a slash in front and none at the end. The old one is at `/ui` unless settings that flows do not see say otherwise. */
function pathOf(base: FlowNode): string {
  if (base.type !== carrier) return '/ui';
  const { path } = base;
  return `/${(typeof path === 'string' && path !== '' ? path : 'dashboard').replace(/^\/+|\/+$/g, '')}`;
}

/** A node that makes its tab a user of the dashboard. */
export const isActive = (node: FlowNode): boolean => node['d'] !== true && !isConfigNode(node);

/** Ids of the dashboards that a node reaches. */
function reachOf(index: FlowIndex, oldOne: string | undefined): (node: FlowNode) => ReadonlySet<string> {
  const known = new Map<string, ReadonlySet<string>>();
  const reach = (node: FlowNode): ReadonlySet<string> => {
    const before = known.get(node.id);
    if (before) return before;
    const found = new Set<string>();
    // Set first: subflows and config nodes that name each other in a circle end here.
    known.set(node.id, found);
    if (node.type === carrier && isConfigNode(node)) found.add(node.id);
    if (oldOne !== undefined && isOldWidget(node)) found.add(oldOne);
    const named = referencedConfigs(node, index).map((id) => index.byId.get(id));
    const subflow = subflowOf(node);
    const inside = subflow === undefined ? [] : (index.byContainer.get(subflow) ?? []);
    for (const next of [...named, ...inside.filter((held) => held['d'] !== true)])
      if (next) for (const id of reach(next)) found.add(id);
    return found;
  };
  return reach;
}
