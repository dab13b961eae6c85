import { bridgeType, type FlowNode, returnNodeId, returnType } from '../../protocol/messages.ts';
import type { FlowIndex } from './flow-index.ts';
import { linkCallers, standingLinkIns } from './link-targets.ts';

export interface LinkStubs {
  /** Entries to add to a slice. */
  readonly flows: readonly FlowNode[];
  /** Ids of the compartments that the slice's links lead to. */
  readonly compartments: readonly string[];
}

/**
 * What stands in a slice for each `link in` of another compartment that its nodes may reach: an empty tab with the id
 * and label of the real one, and a bridge. Where only `link out` nodes lead there, the bridge has the id of the `link in`,
 * which saves a step; calls find a real `link in` with the id and name of the remote one, and the bridge behind it.
 * All have a place on the canvas: without one Node-RED takes a node for a config node.
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
  const callersOf = linkCallers(slice, linkIns);
  const flows: FlowNode[] = [];
  const compartments = new Set<string>();
  const tabs = new Set<string>();
  for (const linkIn of linkIns) {
    const tab = linkIn.z === undefined ? undefined : index.byId.get(linkIn.z);
    const from = callersOf.get(linkIn.id);
    const owner = tab && ownerOf(tab.id);
    if (!tab || !from || own.has(linkIn.id) || owner === undefined) continue;
    compartments.add(owner);
    if (!tabs.has(tab.id) && !own.has(tab.id)) flows.push({ id: tab.id, type: 'tab', label: tab.label ?? '' });
    tabs.add(tab.id);
    const bridge = { type: bridgeType, z: tab.id, x: 0, y: 0, compartment: owner, target: linkIn.id, wires: [] };
    const callers = from.toSorted();
    if (callers.every((id) => namesItself(index.byId.get(id), linkIn.id))) {
      flows.push({ ...bridge, id: linkIn.id, callers });
    } else {
      const id = `${bridgeType}:${linkIn.id}`;
      flows.push(standIn(linkIn, tab.id, own, id), { ...bridge, id, callers });
    }
  }
  // A message that comes from elsewhere may have to be returned; it comes in through a `link in`.
  if (slice.some((node) => node.type === 'link in')) flows.push({ id: returnNodeId, type: returnType });
  return { flows, compartments: [...compartments].sort() };
}

/** A wire to the id is all that a `link out` needs; a call looks for a real `link in`, by its class. */
const namesItself = (caller: FlowNode | undefined, target: string): boolean =>
  caller?.type === 'link out' && Array.isArray(caller['links']) && caller['links'].includes(target);

function standIn(linkIn: FlowNode, z: string, own: ReadonlySet<string>, bridge: string): FlowNode {
  const listed: readonly unknown[] = Array.isArray(linkIn['links']) ? linkIn['links'] : [];
  const links = listed.filter((id) => typeof id === 'string' && own.has(id)).sort();
  return { id: linkIn.id, type: 'link in', z, name: linkIn.name ?? '', links, x: 0, y: 0, wires: [[bridge]] };
}
