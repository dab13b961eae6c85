import * as v from 'valibot';
import { type ChildExit, exitReasons } from '../../protocol/messages.ts';
import type { DrawnNode } from './drawn-node.ts';

export const lastExitSchema = v.object({
  at: v.number(),
  reason: v.picklist(exitReasons),
  detail: v.string(),
  nodeId: v.exactOptional(v.string()),
  nodeName: v.exactOptional(v.string()),
  /** False: it is the node that received a message last, and need not be the one that did it. */
  nodeIsExact: v.exactOptional(v.boolean()),
  /** Whose dot in the editor tells of it, where that is another: of a node in a subflow the instance. */
  dotId: v.exactOptional(v.string()),
});

/** How a compartment ended last. */
export type LastExit = Readonly<v.InferOutput<typeof lastExitSchema>>;

/** `node`: the one that the exit names, as it was drawn. */
export function lastExitOf(exit: ChildExit, node: DrawnNode | undefined, nodeIsExact = exit.nodeIsExact): LastExit {
  return {
    at: exit.endedAt,
    reason: exit.reason,
    detail: exit.detail,
    ...(node === undefined ? {} : { nodeId: node.id, nodeName: node.name, nodeIsExact }),
    ...(node?.dotId === undefined ? {} : { dotId: node.dotId }),
  };
}
