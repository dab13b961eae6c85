import { BulkheadError } from '@bulkhead/core';
import { createStatus, onClose, onInput } from '@bulkhead/node-kit';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { connectionOf } from './connection-of.ts';
import { historyQuery, readQueryWords } from './historian-query/config.ts';
import { rowsOf } from './historian-query/rows.ts';
import { runQuery } from './historian-query/run.ts';
import { type QueryState, queryStatus } from './historian-query/status.ts';

/** Questions that wait for their turn; more than this would only grow old in the queue. */
const mostPending = 50;

export function register(RED: NodeAPI): void {
  function construct(this: Node, definition: NodeDef): void {
    RED.nodes.createNode(this, definition);
    const node = this;
    const status = createStatus<QueryState>(node, (state) => queryStatus(state, RED._));
    const { words, problems } = readQueryWords(definition);
    const connection = connectionOf(RED, definition);
    if (connection === undefined || problems.length > 0) {
      for (const problem of problems) node.error(problem);
      status.set({ kind: 'not-configured' });
      onInput(node, () => {
        throw new BulkheadError('historian-not-configured', RED._('historian-query.error.not-configured'));
      });
      return;
    }

    const { database, users } = connection;
    let pending = 0;
    let found: number | undefined;
    let isTruncated = false;
    let lastProblem: BulkheadError | undefined;
    const show = (): void =>
      status.set({ kind: 'working', database: database.state(), found, isTruncated, lastProblem });
    const unwatch = database.onState(show);
    users.add(node);
    show();

    onInput(node, async (message, send) => {
      try {
        const asked = readQueryWords(message['query'], words);
        if (asked.problems.length > 0) throw new BulkheadError('historian-bad-query', asked.problems.join('; '));
        const query = historyQuery(asked.words, Date.now());
        if (pending >= mostPending)
          throw new BulkheadError('historian-busy', RED._('historian-query.error.busy', { mostPending }), {
            retryable: true,
          });
        pending += 1;
        const history = await runQuery(database, query).finally(() => {
          pending -= 1;
        });
        ({ isTruncated } = history);
        found = history.samples.length;
        lastProblem = undefined;
        const { from, to, aggregate } = query;
        send({
          ...message,
          payload: query.output === 'rows' ? rowsOf(history.samples) : history.samples,
          history: { from, to, aggregate, count: found, truncated: isTruncated },
        });
      } catch (error) {
        if (error instanceof BulkheadError) lastProblem = error;
        throw error;
      } finally {
        show();
      }
    });
    onClose(node, async () => {
      unwatch();
      await users.remove(node);
    });
  }
  RED.nodes.registerType('historian-query', construct);
}
