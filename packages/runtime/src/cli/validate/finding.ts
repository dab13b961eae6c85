import type { FlowNode } from '../../protocol/messages.ts';

export type Rule =
  | 'unknown-type'
  | 'missing-config'
  | 'clear-secret'
  | 'duplicate-publisher'
  | 'conflict'
  | 'plan'
  | 'duplicate-id'
  | 'subflow-loop';

/** One thing that is wrong with a flow file. */
export interface Finding {
  readonly rule: Rule;
  readonly nodeId: string;
  /** The node as a person knows it: its tab, name and type. */
  readonly where: string;
  /** What is wrong; never the secret itself. */
  readonly message: string;
}

/** Flows as the rules look at them: what stands on a disabled tab, or is disabled itself, does not run. */
export interface Flows {
  readonly nodes: readonly FlowNode[];
  readonly byId: ReadonlyMap<string, FlowNode>;
  runs(node: FlowNode): boolean;
  finding(rule: Rule, node: FlowNode, message: string): Finding;
}

export function flowsOf(nodes: readonly FlowNode[]): Flows {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const holderOf = (node: FlowNode): FlowNode | undefined => (node.z === undefined ? undefined : byId.get(node.z));
  const nameOf = (node: FlowNode): string => node.name || node.label || node.id;
  return {
    nodes,
    byId,
    runs: (node) => node['d'] !== true && node['disabled'] !== true && holderOf(node)?.['disabled'] !== true,
    finding(rule, node, message) {
      const holder = holderOf(node);
      const where = `${holder ? `${nameOf(holder)} / ` : ''}${nameOf(node)} (${node.type})`;
      return { rule, nodeId: node.id, where, message };
    },
  };
}
