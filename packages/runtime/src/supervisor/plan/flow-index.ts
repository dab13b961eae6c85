import type { FlowNode } from '../../protocol/messages.ts';

/** A flow file, indexed the way the partition and the slices look at it. */
export interface FlowIndex {
  readonly nodes: readonly FlowNode[];
  readonly byId: ReadonlyMap<string, FlowNode>;
  /** Enabled tabs, in the order of the flow file. */
  readonly tabs: readonly FlowNode[];
  /** Nodes, groups, junctions and tab-scoped config nodes, by the tab or subflow that holds them. */
  readonly byContainer: ReadonlyMap<string, readonly FlowNode[]>;
}

export function indexFlows(nodes: readonly FlowNode[]): FlowIndex {
  const byId = new Map<string, FlowNode>();
  const byContainer = new Map<string, FlowNode[]>();
  for (const node of nodes) {
    byId.set(node.id, node);
    if (typeof node.z !== 'string' || node.z === '') continue;
    const held = byContainer.get(node.z);
    if (held) held.push(node);
    else byContainer.set(node.z, [node]);
  }
  const tabs = nodes.filter((node) => node.type === 'tab' && node['disabled'] !== true);
  return { nodes, byId, tabs, byContainer };
}

/** Does this entry stand on a canvas? Node-RED takes everything else for a config node. */
export function isConfigNode(node: FlowNode): boolean {
  if (node.type === 'tab' || node.type === 'subflow' || node.type === 'group') return false;
  return !('x' in node && 'y' in node);
}

/** The subflow that a node is an instance of, if it is one. */
export function subflowOf(node: FlowNode): string | undefined {
  return node.type.startsWith('subflow:') ? node.type.slice('subflow:'.length) : undefined;
}

const structural = new Set(['id', 'z', 'g', 'wires', 'type', 'x', 'y', 'links', 'nodes', 'scope']);

/**
 * Ids of the config nodes that a node names in any property, at any depth.
 *
 * The flow file does not say which property is a reference, so every string that is the id of a config node counts;
 * ids are random enough for that, and a needless config node in a slice does no harm.
 */
export function referencedConfigs(node: FlowNode, index: FlowIndex): string[] {
  const found = new Set<string>();
  const visit = (value: unknown, depth: number): void => {
    if (typeof value === 'string') {
      const target = index.byId.get(value);
      if (target && target.id !== node.id && isConfigNode(target)) found.add(target.id);
    } else if (depth < 6 && typeof value === 'object' && value !== null) {
      for (const inner of Object.values(value)) visit(inner, depth + 1);
    }
  };
  for (const [key, value] of Object.entries(node)) if (!structural.has(key)) visit(value, 0);
  return [...found];
}

const nothing: ReadonlySet<string> = new Set();

/**
 * Everything that runs with some tabs and nodes: what the tabs hold, the subflows they use and the config nodes all of
 * them name; without what stands on the tabs and runs `elsewhere`.
 */
export function closure(
  roots: readonly string[],
  index: FlowIndex,
  elsewhere: ReadonlySet<string> = nothing,
): FlowNode[] {
  const taken = new Map<string, FlowNode>();
  const open: FlowNode[] = [];
  const take = (node: FlowNode | undefined): void => {
    if (!node || taken.has(node.id)) return;
    taken.set(node.id, node);
    open.push(node);
  };
  for (const id of roots) take(index.byId.get(id));
  for (const node of index.nodes) if (node.type === 'global-config') take(node);
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.type === 'tab' || node.type === 'subflow')
      for (const held of index.byContainer.get(node.id) ?? []) if (!elsewhere.has(held.id)) take(held);
    const subflow = subflowOf(node);
    if (subflow !== undefined) take(index.byId.get(subflow));
    for (const id of referencedConfigs(node, index)) take(index.byId.get(id));
  }
  return index.nodes.filter((node) => taken.has(node.id));
}

/** What a person calls a tab, a node or a config node. */
export function labelOf(node: FlowNode): string {
  return node.label || node.name || node.id;
}
