/** What makes tabs and dashboards run together, beside what a person says. */
import type { FlowNode } from '../../protocol/messages.ts';
import { exclusiveBecause, maxSessions } from './exclusive-configs.ts';
import { usesFlowContext } from './flow-context.ts';
import { type FlowIndex, isConfigNode, labelOf } from './flow-index.ts';
import type { Groups } from './groups.ts';
import { linkCallers, standingLinkIns } from './link-targets.ts';
import type { PlanRules } from '../../protocol/plan-rules.ts';
import { isActive, type Surface } from './surfaces.ts';
import type { Unit } from './units.ts';

/** Why two or more tabs run in one compartment. */
export interface Union {
  /** Ids of tabs, and of dashboards. */
  readonly tabs: readonly string[];
  readonly kind: 'pinned' | 'link' | 'exclusive-config' | 'max-sessions' | 'dashboard';
  /** The node that ties them, where there is one. */
  readonly nodeId?: string;
  /** One line for a person. */
  readonly reason: string;
}

/**
 * Links cross compartments (decision 18), with one exception: a `tcp out` that answers on the connection of a
 * `tcp in` has to be in the process that holds the connection.
 */
export function tcpAnswers(units: readonly Unit[], index: FlowIndex): Union[] {
  const holds = (unit: Unit, wanted: (node: FlowNode) => boolean): FlowNode | undefined =>
    unit.nodes.find((node) => wanted(node) && node['d'] !== true);
  const answering = units.flatMap((unit) => {
    const out = holds(unit, (node) => node.type === 'tcp out' && node['beserver'] === 'reply');
    return out ? [{ id: unit.id, out }] : [];
  });
  if (answering.length === 0) return [];
  const listening = units.filter((unit) => holds(unit, (node) => node.type === 'tcp in'));
  return listening.flatMap((unit) => {
    const reached = reachedFrom(unit.id, units, index);
    return answering
      .filter(({ id }) => id !== unit.id && reached.has(id))
      .map(({ id, out }): Union => {
        const reason = `"${out.name || out.type}" answers on the connection of a tcp in, which one process holds`;
        return { tabs: [unit.id, id], kind: 'link', nodeId: out.id, reason };
      });
  });
}

/** The tabs that a message may reach over links, over any number of steps. */
function reachedFrom(from: string, units: readonly Unit[], index: FlowIndex): Set<string> {
  const linkIns = standingLinkIns(index);
  const nodesOf = new Map(units.map(({ id, nodes }) => [id, nodes]));
  const reached = new Set([from]);
  for (const at of reached) {
    for (const id of linkCallers(nodesOf.get(at) ?? [], linkIns).keys()) {
      const z = index.byId.get(id)?.z;
      if (z !== undefined) reached.add(z);
    }
  }
  return reached;
}

function usersOf(units: readonly Unit[]): Map<FlowNode, string[]> {
  const users = new Map<FlowNode, string[]>();
  for (const { id, nodes } of units) {
    for (const node of nodes) if (isConfigNode(node) && !node.z) users.set(node, [...(users.get(node) ?? []), id]);
  }
  return users;
}

const quoted = (config: FlowNode): string => `${config.type} "${labelOf(config)}"`;

export function exclusiveConfigs(units: readonly Unit[], rules: PlanRules): Union[] {
  return [...usersOf(units)].flatMap(([config, tabs]): Union[] => {
    const because = tabs.length < 2 ? undefined : exclusiveBecause(config, rules);
    if (because === undefined) return [];
    return [{ tabs, kind: 'exclusive-config', nodeId: config.id, reason: `they share ${quoted(config)}: ${because}` }];
  });
}

/**
 * A connection may be open from so many compartments. The first tabs of the flow file keep one of their own; of the
 * others as many are joined as it takes, with what other reasons have joined already.
 */
export function sessionLimits(units: readonly Unit[], groups: Groups): Union[] {
  return [...usersOf(units)].flatMap(([config, tabs]): Union[] => {
    const most = maxSessions(config);
    const apart = new Map<string, string>();
    for (const id of tabs) if (!apart.has(groups.of(id))) apart.set(groups.of(id), id);
    if (most === undefined || apart.size <= most) return [];
    const joined = [...apart.values()].slice(most - 1);
    groups.join(joined);
    const reason = `${quoted(config)} allows ${most} of the ${apart.size} sessions they would open`;
    return [{ tabs: joined, kind: 'max-sessions', nodeId: config.id, reason }];
  });
}

/** Widgets that cannot leave their tab take the dashboard to it; one node on two dashboards joins these. */
export function dashboardTies(surfaces: readonly Surface[], index: FlowIndex, rules: PlanRules): Union[] {
  const placedOn = new Map<string, string>();
  return surfaces.flatMap(({ id, label, nodes }): Union[] => {
    const found: Union[] = [];
    for (const [tab, standing] of nodes) {
      const active = standing.filter(isActive);
      if (active.length > 0 && rules.partition.dashboards === 'with-tabs') {
        const reason = `dashboard "${label}": bulkhead.yaml keeps widgets in the compartment of their tab`;
        found.push({ tabs: [tab, id], kind: 'dashboard', nodeId: id, reason });
        continue;
      }
      const stays = active.find((node) => usesFlowContext(node, index));
      if (stays) {
        const reason = `dashboard "${label}": its node "${labelOf(stays)}" uses the flow context of its tab`;
        found.push({ tabs: [tab, id], kind: 'dashboard', nodeId: stays.id, reason });
      }
      for (const node of active) {
        const other = placedOn.get(node.id);
        if (other !== undefined) {
          const reason = `"${labelOf(node)}" stands on the dashboard "${label}" and on another one`;
          found.push({ tabs: [other, id], kind: 'dashboard', nodeId: node.id, reason });
        }
        placedOn.set(node.id, id);
      }
    }
    return found;
  });
}
