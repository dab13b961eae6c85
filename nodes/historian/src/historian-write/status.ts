import type { BulkheadError } from '@bulkhead/core';
import type { NodeStatus } from '@bulkhead/node-kit';
import type { DatabaseState } from '../database.ts';
import { databaseStatus, type Translate } from '../database-status.ts';
import type { WriteCounters } from './writer.ts';

export type WriteState =
  | { readonly kind: 'not-configured' }
  | {
      readonly kind: 'working';
      readonly database: DatabaseState;
      readonly counters: WriteCounters;
      /** Why the last message could not be stored as a whole. */
      readonly lastProblem: BulkheadError | undefined;
    };

const type = 'historian-write';

export function writeStatus(state: WriteState, words: Translate): NodeStatus {
  if (state.kind === 'not-configured') return { fill: 'grey', shape: 'ring', text: `${type}.status.not-configured` };
  const { database, counters, lastProblem } = state;
  const { stored, dropped, conflicts, queued } = counters;
  if (database.kind === 'waiting' && database.problem.code !== 'historian-login-refused' && queued > 0) {
    const seconds = Math.ceil(database.retryInMs / 1_000);
    return { fill: 'yellow', shape: 'dot', text: words(`${type}.status.buffering`, { queued, dropped, seconds }) };
  }
  const connected: NodeStatus =
    lastProblem !== undefined
      ? { fill: 'red', shape: 'dot', text: lastProblem.message.slice(0, 80) }
      : dropped > 0 || conflicts > 0
        ? { fill: 'yellow', shape: 'dot', text: words(`${type}.status.degraded`, { stored, dropped, conflicts }) }
        : { fill: 'green', shape: 'dot', text: words(`${type}.status.stored`, { stored }) };
  return databaseStatus(database, words, type, connected);
}
