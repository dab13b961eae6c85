/**
 * What stands in a slice for the other side of a tab of which some nodes run elsewhere (`splits.ts`).
 *
 * For a node that a wire leads to, a bridge with its id: the wire stays as it was drawn. For a `catch`, `status` or
 * `complete` node that covers nodes here, a real one with its id, in front of a bridge: what Node-RED hands to it goes
 * to the one it stands for, which passes it on as it does with everything it is given.
 */
import { bridgeType, type FlowNode } from '../../protocol/messages.ts';
import { type FlowIndex, isConfigNode, labelOf } from './flow-index.ts';
import type { PlannedCompartment } from './partition.ts';

interface WireStubs {
  readonly flows: readonly FlowNode[];
  /** Ids of the compartments that wires lead to. */
  readonly compartments: readonly string[];
  /** Ids of own nodes that wires of other compartments lead to. */
  readonly entrances: readonly string[];
}

const listening: ReadonlySet<string> = new Set(['catch', 'status', 'complete']);

export function wireStubs({ id: own, splits }: PlannedCompartment, index: FlowIndex): WireStubs {
  const flows = new Map<string, FlowNode>();
  const compartments = new Set<string>();
  const entrances = new Set<string>();
  for (const tab of new Set(splits.map((split) => split.tab))) {
    const runsIn = placesOf(tab, splits);
    const nodes = (index.byContainer.get(tab) ?? []).filter((node) => node['d'] !== true && !isConfigNode(node));
    const here = nodes.filter((node) => runsIn(node.id) === own);
    const standing = new Map(nodes.map((node) => [node.id, node]));
    for (const node of nodes) {
      for (const target of wiresOf(node)) {
        const drawn = standing.get(target);
        if (drawn === undefined || runsIn(node.id) === runsIn(target)) continue;
        if (runsIn(target) === own) entrances.add(target);
        else if (runsIn(node.id) === own) flows.set(target, bridge(drawn, target, runsIn(target)));
      }
      if (!listening.has(node.type)) continue;
      const place = runsIn(node.id);
      if (place === own) {
        if (nodes.some((other) => runsIn(other.id) !== own && covers(node, other))) entrances.add(node.id);
      } else if (here.some((other) => covers(node, other))) {
        const id = `${bridgeType}:${node.id}`;
        flows.set(node.id, listener(node, here, id));
        flows.set(id, bridge(node, id, place));
      }
    }
  }
  for (const { compartment } of flows.values()) if (typeof compartment === 'string') compartments.add(compartment);
  return { flows: [...flows.values()], compartments: [...compartments].sort(), entrances: [...entrances].sort() };
}

/** Where the nodes of a tab run. */
function placesOf(tab: string, splits: PlannedCompartment['splits']): (nodeId: string) => string {
  const ofTab = splits.filter((split) => split.tab === tab);
  const moved = new Map(ofTab.flatMap(({ nodes, to }) => nodes.map((node) => [node, to])));
  return (nodeId) => moved.get(nodeId) ?? ofTab[0]?.from ?? '';
}

/** It says itself what it waits for: its senders may have a status of their own. */
const bridge = (to: FlowNode, id: string, compartment: string): FlowNode => ({
  id,
  type: bridgeType,
  ...(to.z === undefined ? {} : { z: to.z }),
  name: labelOf(to),
  x: 0,
  y: 0,
  compartment,
  target: to.id,
  callers: [id],
  wires: [],
});

function listener(node: FlowNode, here: readonly FlowNode[], to: string): FlowNode {
  const { id, type, z, name, g, uncaught } = node;
  const direct = new Set(wiresOf(node));
  // A node does not listen to those it is wired to; what it is wired to cannot be seen from the stand-in.
  const scope = Array.isArray(node['scope'])
    ? here
        .map((other) => other.id)
        .filter((one) => scopeOf(node).includes(one) && (type === 'catch' || !direct.has(one)))
    : node['scope'];
  return {
    id,
    type,
    ...(z === undefined ? {} : { z }),
    name: name ?? '',
    ...(g === undefined ? {} : { g }),
    ...(uncaught === undefined ? {} : { uncaught }),
    ...(scope === undefined ? {} : { scope }),
    x: 0,
    y: 0,
    wires: [[to]],
  };
}

/** May what happens to `other` concern this catch, status or complete node? */
function covers(node: FlowNode, other: FlowNode): boolean {
  if (Array.isArray(node['scope'])) return scopeOf(node).includes(other.id);
  return node.type !== 'complete' && !(node['scope'] === 'group' && other['g'] === undefined);
}

function scopeOf(node: FlowNode): readonly unknown[] {
  return Array.isArray(node['scope']) ? node['scope'] : [];
}

function wiresOf(node: FlowNode): string[] {
  const ports: readonly unknown[] = Array.isArray(node['wires']) ? node['wires'] : [];
  return ports.flat().filter((id) => typeof id === 'string');
}
