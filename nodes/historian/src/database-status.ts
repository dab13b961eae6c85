import type { NodeStatus } from '@bulkhead/node-kit';
import type { DatabaseState } from './database.ts';

/** Gives the text for a key of the palette's catalogue. */
export type Translate = (key: string, values?: Record<string, string | number>) => string;

/** Status of a node by its database, with what the node has to say while it is connected. */
export function databaseStatus(
  database: DatabaseState,
  words: Translate,
  type: string,
  connected: NodeStatus,
): NodeStatus {
  // A key without numbers is sent as it is: each browser shows it in its own language.
  const text = (key: string, values?: Record<string, string | number>): string =>
    values === undefined ? `${type}.status.${key}` : words(`${type}.status.${key}`, values);
  switch (database.kind) {
    case 'closed':
      return { fill: 'red', shape: 'ring', text: text('disconnected') };
    case 'connecting':
      return { fill: 'yellow', shape: 'ring', text: text('connecting') };
    case 'waiting': {
      const seconds = Math.ceil(database.retryInMs / 1_000);
      if (database.problem.code === 'historian-login-refused') {
        return { fill: 'red', shape: 'ring', text: text('login-refused', { seconds }) };
      }
      return { fill: 'yellow', shape: 'ring', text: text('retry', { seconds }) };
    }
    case 'connected':
      return connected;
  }
}
