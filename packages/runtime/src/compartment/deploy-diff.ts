import { ownEntry } from '../node-red/own-entry.ts';
import { isDeepStrictEqual } from 'node:util';
import type { Credentials, DeployType, FlowNode, Slice } from '../protocol/messages.ts';

/** What to hand to Node-RED's `setFlows` so that it restarts what changed and nothing else. */
export interface DeployPlan {
  readonly flows: readonly FlowNode[];
  readonly credentials: Readonly<Record<string, Credentials>>;
  readonly type: 'full' | 'nodes' | 'flows';
  /** Nodes that had credentials and have none now: Node-RED keeps what it is not told to forget. */
  readonly forget: readonly string[];
}

/**
 * Node-RED compares flows without credentials, and takes a node for changed that carries a `credentials` property.
 * So exactly the nodes whose secrets differ get one.
 */
export function planDeploy(previous: Slice, next: Slice, deployType: DeployType): DeployPlan {
  const changed = (id: string): boolean =>
    !isDeepStrictEqual(ownEntry(previous.credentials, id), ownEntry(next.credentials, id));
  return {
    flows: next.flows.map((node) =>
      changed(node.id) ? { ...node, credentials: ownEntry(next.credentials, node.id) ?? {} } : node,
    ),
    credentials: next.credentials,
    // `load` comes from a supervisor or editor that has been away: only what changed meanwhile is restarted.
    type: deployType === 'flows' ? 'flows' : deployType === 'nodes' || deployType === 'load' ? 'nodes' : 'full',
    forget: Object.keys(previous.credentials).filter((id) => !Object.hasOwn(next.credentials, id)),
  };
}
