import type { NodeStatus } from '@bulkhead/node-kit';
import type { LinkState } from './broker-link.ts';

/** Gives the text for a key of the palette's catalogue. */
export type Translate = (key: string, values?: Record<string, string | number>) => string;

/** Status of a node by its session, with what the node has to say while it is connected. */
export function linkStatus(link: LinkState, words: Translate, type: string, connected: NodeStatus): NodeStatus {
  // A key without numbers is sent as it is: each browser shows it in its own language.
  const text = (key: string, values?: Record<string, string | number>): string =>
    values === undefined ? `${type}.status.${key}` : words(`${type}.status.${key}`, values);
  switch (link.kind) {
    case 'closed':
      return { fill: 'red', shape: 'ring', text: text('disconnected') };
    case 'connecting':
      return { fill: 'yellow', shape: 'ring', text: text('connecting') };
    case 'waiting': {
      const seconds = Math.ceil(link.retryInMs / 1_000);
      if (link.problem.code === 'uns-login-refused')
        return { fill: 'red', shape: 'ring', text: text('login-refused', { seconds }) };
      return { fill: 'yellow', shape: 'ring', text: text('retry', { seconds }) };
    }
    case 'connected':
      return connected;
  }
}
