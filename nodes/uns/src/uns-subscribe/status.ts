import type { BulkheadError } from '@bulkhead/core';
import type { NodeStatus } from '@bulkhead/node-kit';
import type { LinkState } from '../broker-link.ts';
import { linkStatus, type Translate } from '../link-status.ts';
import type { SubscribeCounters } from './subscriber.ts';

export type SubscribeState =
  | { readonly kind: 'not-configured' }
  | {
      readonly kind: 'working';
      readonly link: LinkState;
      readonly counters: SubscribeCounters;
      readonly problem: BulkheadError | undefined;
    };

const type = 'uns-subscribe';

export function subscribeStatus(state: SubscribeState, words: Translate): NodeStatus {
  if (state.kind === 'not-configured') return { fill: 'grey', shape: 'ring', text: `${type}.status.not-configured` };
  const { received, rejected } = state.counters;
  const connected: NodeStatus =
    state.problem !== undefined
      ? { fill: 'red', shape: 'ring', text: state.problem.message.slice(0, 80) }
      : rejected > 0
        ? { fill: 'yellow', shape: 'dot', text: words(`${type}.status.rejected`, { received, rejected }) }
        : { fill: 'green', shape: 'dot', text: words(`${type}.status.received`, { received }) };
  return linkStatus(state.link, words, type, connected);
}
