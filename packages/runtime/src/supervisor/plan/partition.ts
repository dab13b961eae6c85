import { isRecord } from '@bulkhead/core';
import type { FlowNode } from '../../protocol/messages.ts';
import { exclusiveBecause, maxSessions } from './exclusive-configs.ts';
import { closure, type FlowIndex, indexFlows, isConfigNode } from './flow-index.ts';
import { linkCallers, standingLinkIns } from './link-targets.ts';

/** Why two or more tabs run in one compartment. */
export interface Union {
  readonly tabs: readonly string[];
  readonly kind: 'pinned' | 'link' | 'exclusive-config' | 'max-sessions';
  /** The node that ties them, where there is one. */
  readonly nodeId?: string;
  /** One line for a person. */
  readonly reason: string;
}

export interface PlannedCompartment {
  /** Id of its first tab in the flow file. */
  readonly id: string;
  readonly name: string;
  readonly tabs: readonly { readonly id: string; readonly label: string }[];
  readonly unions: readonly Union[];
}

export interface Plan {
  readonly compartments: readonly PlannedCompartment[];
}

/** One tab, one compartment, unless tabs are tied together; every tie is named. */
export function partition(flows: readonly FlowNode[]): Plan {
  const index = indexFlows(flows);
  const unions = [...pinned(index), ...tcpAnswers(index), ...sharedConfigs(index)];
  const leader = new Map(index.tabs.map((tab) => [tab.id, tab.id]));
  const find = (id: string): string => {
    let at = id;
    for (let up = leader.get(at); up !== undefined && up !== at; up = leader.get(at)) at = up;
    return at;
  };
  for (const { tabs } of unions) {
    const [first, ...rest] = tabs;
    if (first === undefined) continue;
    for (const other of rest) leader.set(find(other), find(first));
  }
  const groups = new Map<string, FlowNode[]>();
  for (const tab of index.tabs) {
    const root = find(tab.id);
    const group = groups.get(root);
    if (group) group.push(tab);
    else groups.set(root, [tab]);
  }
  const compartments = [...groups.values()].map((tabs): PlannedCompartment => {
    const ids = new Set(tabs.map((tab) => tab.id));
    const named = tabs.map((tab) => ({ id: tab.id, label: labelOf(tab) }));
    return {
      id: tabs[0]?.id ?? '',
      name: pinName(tabs) ?? named.map((tab) => tab.label).join(' + '),
      tabs: named,
      unions: unions.filter((union) => union.tabs.some((id) => ids.has(id))),
    };
  });
  return { compartments };
}

function labelOf(node: FlowNode): string {
  return node.label || node.name || node.id;
}

function pinOf(tab: FlowNode): string | undefined {
  const env: readonly unknown[] = Array.isArray(tab['env']) ? tab['env'] : [];
  for (const entry of env) {
    if (!isRecord(entry) || entry['name'] !== 'BULKHEAD_COMPARTMENT') continue;
    if (typeof entry['value'] === 'string' && entry['value'] !== '') return entry['value'];
  }
  return undefined;
}

function pinName(tabs: readonly FlowNode[]): string | undefined {
  for (const tab of tabs) {
    const pin = pinOf(tab);
    if (pin !== undefined) return pin;
  }
  return undefined;
}

function pinned(index: FlowIndex): Union[] {
  const byPin = new Map<string, string[]>();
  for (const tab of index.tabs) {
    const pin = pinOf(tab);
    if (pin === undefined) continue;
    const tabs = byPin.get(pin);
    if (tabs) tabs.push(tab.id);
    else byPin.set(pin, [tab.id]);
  }
  return [...byPin].flatMap(([pin, tabs]): Union[] =>
    tabs.length > 1 ? [{ tabs, kind: 'pinned', reason: `pinned together by BULKHEAD_COMPARTMENT=${pin}` }] : [],
  );
}

/**
 * Links cross compartments (decision 18), with one exception: a `tcp out` that answers on the connection of a
 * `tcp in` has to be in the process that holds the connection.
 */
function tcpAnswers(index: FlowIndex): Union[] {
  const holds = (tab: FlowNode, wanted: (node: FlowNode) => boolean): FlowNode | undefined =>
    closure([tab.id], index).find((node) => wanted(node) && node['d'] !== true);
  const answering = index.tabs.flatMap((tab) => {
    const out = holds(tab, (node) => node.type === 'tcp out' && node['beserver'] === 'reply');
    return out ? [{ tab, out }] : [];
  });
  if (answering.length === 0) return [];
  const listening = index.tabs.filter((tab) => holds(tab, (node) => node.type === 'tcp in'));
  return listening.flatMap((tab) => {
    const reached = tabsReachedFrom(tab.id, index);
    return answering
      .filter((answer) => answer.tab.id !== tab.id && reached.has(answer.tab.id))
      .map(({ tab: { id }, out }): Union => {
        const reason = `"${out.name || out.type}" answers on the connection of a tcp in, which one process holds`;
        return { tabs: [tab.id, id], kind: 'link', nodeId: out.id, reason };
      });
  });
}

/** The tabs that a message of a tab may reach over links, over any number of steps. */
function tabsReachedFrom(tabId: string, index: FlowIndex): Set<string> {
  const linkIns = standingLinkIns(index);
  const reached = new Set([tabId]);
  for (const at of reached) {
    for (const id of linkCallers(closure([at], index), linkIns).keys()) {
      const z = index.byId.get(id)?.z;
      if (z !== undefined) reached.add(z);
    }
  }
  return reached;
}

function sharedConfigs(index: FlowIndex): Union[] {
  const users = new Map<string, string[]>();
  for (const tab of index.tabs) {
    for (const node of closure([tab.id], index)) {
      if (!isConfigNode(node) || node.z) continue;
      const tabs = users.get(node.id);
      if (tabs) tabs.push(tab.id);
      else users.set(node.id, [tab.id]);
    }
  }
  return [...users].flatMap(([id, tabs]): Union[] => {
    const config = index.byId.get(id);
    if (!config || tabs.length < 2) return [];
    const label = `${config.type} "${labelOf(config)}"`;
    const because = exclusiveBecause(config);
    if (because !== undefined) {
      return [{ tabs, kind: 'exclusive-config', nodeId: id, reason: `they share ${label}: ${because}` }];
    }
    const most = maxSessions(config);
    if (most !== undefined && tabs.length > most) {
      return [
        {
          tabs,
          kind: 'max-sessions',
          nodeId: id,
          reason: `${label} allows ${most} of the ${tabs.length} sessions they would open`,
        },
      ];
    }
    return [];
  });
}
