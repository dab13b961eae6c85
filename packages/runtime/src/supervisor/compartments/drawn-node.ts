import type { FlowNode } from '../../protocol/messages.ts';
import { knownPart } from '../../protocol/instance-id.ts';

/** A node as a person finds it in the editor. */
export interface DrawnNode {
  readonly id: string;
  readonly name: string;
  /** Of one inside a subflow: its instance on a tab, which alone has a dot. */
  readonly dotId?: string;
}

/** The node that runs under this id: inside a subflow it has another than the one that it was drawn with. Pure. */
export function drawnNode(flows: readonly FlowNode[], runtimeId: string): DrawnNode {
  const byId = new Map(flows.map((node) => [node.id, node]));
  const outer = knownPart(runtimeId, (id) => byId.has(id));
  const dot = outer === undefined ? undefined : byId.get(outer);
  if (dot === undefined) return { id: runtimeId, name: runtimeId };
  const inner = innermost(runtimeId.slice(dot.id.length + 1), byId);
  if (inner === undefined) return { id: dot.id, name: nameOf(dot) };
  return { id: inner.id, name: `${nameOf(inner)} (${nameOf(dot)})`, dotId: dot.id };
}

/** Instances in instances stand one before the other, with dashes between: the longest end that is known is the node. */
function innermost(rest: string, byId: ReadonlyMap<string, FlowNode>): FlowNode | undefined {
  for (let from = 0; from !== -1 && rest !== ''; from = rest.indexOf('-', from) + 1 || -1) {
    const known = byId.get(rest.slice(from));
    if (known !== undefined) return known;
  }
  return undefined;
}

const nameOf = (node: FlowNode): string => node.name || node.label || node.type;
