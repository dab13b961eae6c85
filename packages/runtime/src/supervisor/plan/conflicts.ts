/** Nodes that want to listen on one port or serve one path, or a path that is not to be had. */
import type { FlowNode } from '../../protocol/messages.ts';
import { labelOf } from './flow-index.ts';
import { type Claim, claimsOf } from './listeners.ts';
import type { Unit } from './units.ts';

export interface Conflict {
  /** "TCP port 502", "GET /orders". */
  readonly what: string;
  /** In the order of the flow file; the same node twice where two tabs have an instance of its subflow. */
  readonly nodes: readonly { readonly id: string; readonly unit: string; readonly compartment: string }[];
  /** One line for a person. */
  readonly reason: string;
}

interface Holder {
  readonly node: FlowNode;
  readonly unit: Unit;
  readonly compartment: string;
}

export function conflictsOf(units: readonly Unit[], compartmentOf: (unitId: string) => string): Conflict[] {
  const held = new Map<string, { claim: Claim; holders: Holder[] }>();
  for (const unit of units) {
    const compartment = compartmentOf(unit.id);
    for (const node of unit.nodes) {
      for (const claim of claimsOf(node)) {
        const entry = held.get(claim.key) ?? { claim, holders: [] };
        held.set(claim.key, entry);
        // A config node that several tabs of one compartment use is there once.
        const known = entry.holders.some((other) => other.node.id === node.id && other.compartment === compartment);
        if (!known) entry.holders.push({ node, unit, compartment });
      }
    }
  }
  return [...held.values()].flatMap(({ claim, holders }): Conflict[] =>
    holders.length < 2 && claim.taken !== 'house'
      ? []
      : [
          {
            what: claim.what,
            nodes: holders.map(({ node, unit, compartment }) => ({ id: node.id, unit: unit.id, compartment })),
            reason: reasonOf(claim, holders),
          },
        ],
  );
}

function reasonOf({ what, taken }: Claim, holders: readonly Holder[]): string {
  const names = holders.map(({ node, unit }) => `"${labelOf(node)}" (${node.type}, ${unit.label})`);
  const [first = ''] = names;
  if (taken === 'house') {
    const all = new Intl.ListFormat('en').format(names);
    return `${all} ${names.length === 1 ? 'serves' : 'serve'} ${what}, where Bulkhead itself answers: no request comes to it`;
  }
  const who = `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
  return taken === 'first'
    ? `${who} serve ${what}: ${first}, the first in the flow file, answers`
    : `${who} want ${what}: the one that starts first gets it, the others report that it is in use`;
}
