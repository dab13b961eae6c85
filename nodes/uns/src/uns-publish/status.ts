import type { BulkheadError } from '@bulkhead/core';
import type { NodeStatus } from '@bulkhead/node-kit';
import type { LinkState } from '../broker-link.ts';
import { linkStatus, type Translate } from '../link-status.ts';
import type { PublishCounters } from './publisher.ts';

export type PublishState =
  | { readonly kind: 'not-configured' }
  | {
      readonly kind: 'working';
      readonly link: LinkState;
      readonly counters: PublishCounters;
      /** Why the last message could not be delivered as a whole. */
      readonly lastProblem: BulkheadError | undefined;
    };

const type = 'uns-publish';

export function publishStatus(state: PublishState, words: Translate): NodeStatus {
  if (state.kind === 'not-configured') return { fill: 'grey', shape: 'ring', text: `${type}.status.not-configured` };
  const { link, lastProblem } = state;
  const { delivered, dropped, queued } = state.counters;
  const connected: NodeStatus =
    lastProblem !== undefined
      ? { fill: 'red', shape: 'dot', text: lastProblem.message.slice(0, 80) }
      : dropped > 0
        ? { fill: 'yellow', shape: 'dot', text: words(`${type}.status.dropped`, { delivered, dropped }) }
        : { fill: 'green', shape: 'dot', text: words(`${type}.status.delivered`, { delivered }) };
  if (link.kind === 'waiting' && link.problem.code !== 'uns-login-refused' && queued > 0) {
    return {
      fill: 'yellow',
      shape: 'dot',
      text: words(`${type}.status.buffering`, { queued, dropped, seconds: Math.ceil(link.retryInMs / 1_000) }),
    };
  }
  return linkStatus(link, words, type, connected);
}
