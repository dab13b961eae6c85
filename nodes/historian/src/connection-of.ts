import type { ConnectionUsers } from '@bulkhead/node-kit';
import type { Node, NodeAPI } from 'node-red';
import type { Database } from './database.ts';
import type { HistorianConnectionNode } from './historian-connection.ts';

export interface Connection {
  readonly database: Database;
  readonly users: ConnectionUsers;
}

function isHistorianConnection(node: Node | null | undefined): node is HistorianConnectionNode {
  return node !== null && node !== undefined && node.type === 'historian-connection';
}

/** The usable connection that a node's `connection` property names, or undefined where there is none. */
export function connectionOf(RED: NodeAPI, definition: object): Connection | undefined {
  const id: unknown = Reflect.get(definition, 'connection');
  if (typeof id !== 'string' || id === '') return undefined;
  const node: Node | null = RED.nodes.getNode(id);
  if (!isHistorianConnection(node) || node.database === undefined || node.historianUsers === undefined)
    return undefined;
  return { database: node.database, users: node.historianUsers };
}
