import { type FlowNode, returnNodeId } from '../../protocol/messages.ts';
import type { FlowIndex } from './flow-index.ts';
import { linkCallers, standingLinkIns } from './link-targets.ts';

/** Node types that the compartment program itself brings along (`compartment/links/bridge-nodes.ts`). */
export const bridgeType = 'bulkhead-link';
export const returnType = 'bulkhead-link-return';

export interface LinkStubs {
  /** Entries to add to a slice. */
  readonly flows: readonly FlowNode[];
  /** Ids of the compartments that the slice's links lead to. */
  readonly compartments: readonly string[];
}

/**
 * What stands in a slice for each `link in` of another compartment that its nodes may reach: an empty tab with the id
 * and label of the real one, a real `link in` with the id and name of the real one, and a bridge behind it.
 *
 * Nothing else of the other tab goes in, so that its changes do not change this slice.
 */
export function linkStubs(
  slice: readonly FlowNode[],
  index: FlowIndex,
  ownerOf: (tabId: string) => string | undefined,
): LinkStubs {
  const own = new Set(slice.map((node) => node.id));
  const linkIns = standingLinkIns(index);
  const callers = linkCallers(slice, linkIns);
  const flows: FlowNode[] = [];
  const compartments = new Set<string>();
  const tabs = new Set<string>();
  for (const linkIn of linkIns) {
    const tab = linkIn.z === undefined ? undefined : index.byId.get(linkIn.z);
    const from = callers.get(linkIn.id);
    const owner = tab && ownerOf(tab.id);
    if (!tab || !from || own.has(linkIn.id) || owner === undefined) continue;
    compartments.add(owner);
    if (!tabs.has(tab.id)) flows.push({ id: tab.id, type: 'tab', label: tab.label ?? '' });
    tabs.add(tab.id);
    flows.push(...stub(linkIn, tab.id, owner, from.toSorted(), own));
  }
  // A message that comes from elsewhere may have to be returned; it comes in through a `link in`.
  if (slice.some((node) => node.type === 'link in')) flows.push({ id: returnNodeId, type: returnType });
  return { flows, compartments: [...compartments].sort() };
}

/** Both have a place on the canvas: without one Node-RED takes a node for a config node. */
function stub(
  linkIn: FlowNode,
  z: string,
  compartment: string,
  callers: readonly string[],
  own: ReadonlySet<string>,
): FlowNode[] {
  const links = Array.isArray(linkIn['links']) ? linkIn['links'].filter((id) => own.has(id)).sort() : [];
  const bridge = `${bridgeType}:${linkIn.id}`;
  return [
    { id: linkIn.id, type: 'link in', z, name: linkIn.name ?? '', links, x: 0, y: 0, wires: [[bridge]] },
    { id: bridge, type: bridgeType, z, x: 0, y: 0, compartment, target: linkIn.id, callers, wires: [] },
  ];
}
