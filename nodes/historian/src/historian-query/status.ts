import type { BulkheadError } from '@bulkhead/core';
import type { NodeStatus } from '@bulkhead/node-kit';
import type { DatabaseState } from '../database.ts';
import { databaseStatus, type Translate } from '../database-status.ts';

export type QueryState =
  | { readonly kind: 'not-configured' }
  | {
      readonly kind: 'working';
      readonly database: DatabaseState;
      /** Samples in the last answer; undefined before the first. */
      readonly found: number | undefined;
      readonly isTruncated: boolean;
      readonly lastProblem: BulkheadError | undefined;
    };

const type = 'historian-query';

export function queryStatus(state: QueryState, words: Translate): NodeStatus {
  if (state.kind === 'not-configured') return { fill: 'grey', shape: 'ring', text: `${type}.status.not-configured` };
  const { found, isTruncated, lastProblem } = state;
  const connected: NodeStatus =
    lastProblem !== undefined
      ? { fill: 'red', shape: 'dot', text: lastProblem.message.slice(0, 80) }
      : found === undefined
        ? { fill: 'green', shape: 'dot', text: `${type}.status.connected` }
        : {
            fill: isTruncated ? 'yellow' : 'green',
            shape: 'dot',
            text: words(`${type}.status.${isTruncated ? 'truncated' : 'found'}`, { found }),
          };
  return databaseStatus(state.database, words, type, connected);
}
