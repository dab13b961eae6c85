import type { Node } from 'node-red';

/** A config node with the list that Node-RED reads to find the Catch and Status nodes of its users. */
export interface UsedConfigNode extends Node {
  users?: Record<string, Node>;
}

export interface ConnectionUsers {
  /** Registers a node that uses the connection; the first one makes it connect. */
  add(node: Node): void;
  /** The last one to leave makes it disconnect; resolves when that is done. */
  remove(node: Node): Promise<void>;
}

/**
 * Connects with the first user and disconnects after the last.
 *
 * Keeps `configNode.users`, without which errors and status of a global config node reach no Catch or Status node.
 */
export function connectionUsers(
  configNode: UsedConfigNode,
  connection: { connect(): void; disconnect(): void | Promise<void> },
): ConnectionUsers {
  const users: Record<string, Node> = {};
  configNode.users = users;
  return {
    add(node) {
      const isFirst = Object.keys(users).length === 0;
      users[node.id] = node;
      if (isFirst) connection.connect();
    },
    async remove(node) {
      if (!Object.hasOwn(users, node.id)) return;
      delete users[node.id];
      if (Object.keys(users).length === 0) await connection.disconnect();
    },
  };
}
