import { BulkheadError } from '@bulkhead/core';
import type { Request, Response } from 'node-opcua-client';
import type { ClientSessionTransactions } from './raw-session.ts';

/**
 * Sends a request and gives its answer as it came. The library's own read, call and history services turn structures into
 * classes on the way, of types that they look up in the whole server (decision 70). Rejects when the service fails.
 */
export function transact<Answer extends Response>(
  session: ClientSessionTransactions,
  request: Request,
  answerType: new (...args: never[]) => Answer,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    session.performMessageTransaction(request, (error, response) => {
      if (error !== null) {
        reject(error);
        return;
      }
      const result = response?.responseHeader.serviceResult;
      if (response instanceof answerType && result?.isGoodish() === true) resolve(response);
      else {
        const why = result?.name ?? 'no answer';
        reject(new BulkheadError('refused', `the server refuses the request: ${why}`, { retryable: true }));
      }
    });
  });
}
