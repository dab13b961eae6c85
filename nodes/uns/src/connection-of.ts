import type { Node, NodeAPI } from 'node-red';
import type { UnsConnectionNode } from './uns-connection.ts';

function isUnsConnection(node: Node | null | undefined): node is UnsConnectionNode {
  return node !== null && node !== undefined && 'unsUsers' in node;
}

/** The connection node that a node's `connection` property names, or undefined where there is none. */
export function connectionOf(RED: NodeAPI, definition: object): UnsConnectionNode | undefined {
  const id: unknown = Reflect.get(definition, 'connection');
  if (typeof id !== 'string' || id === '') return undefined;
  const node: Node | null = RED.nodes.getNode(id);
  return isUnsConnection(node) ? node : undefined;
}
