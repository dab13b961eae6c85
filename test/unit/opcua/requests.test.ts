import { equal, rejects } from 'node:assert/strict';
import { BulkheadError } from '@bulkhead/core';
import { createRequests } from '../../../nodes/opcua/src/io/requests.ts';

const never = (): Promise<never> => new Promise(() => {});
const codeOf =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof BulkheadError && error.code === code && error.retryable;

describe('Requests over an OPC UA session', () => {
  const live = 'the session';

  it('are refused at once when there is none', async () => {
    await rejects(createRequests<string>().run(undefined, never), codeOf('not-connected'));
  });

  it('end with the connection, instead of waiting for it or being sent again', async () => {
    const requests = createRequests<string>();
    const [first, second] = [requests.run(live, never), requests.run(live, never)];
    requests.interrupt(new Error('cut'));
    await rejects(first, codeOf('connection-lost'));
    await rejects(second, codeOf('connection-lost'));
  });

  it('give what the session gives, and are forgotten then', async () => {
    const requests = createRequests<string>();
    equal(await requests.run(live, () => Promise.resolve(7)), 7);
    await rejects(
      requests.run(live, () => Promise.reject(new Error('BadTimeout'))),
      /BadTimeout/,
    );
    equal(await requests.run(live, (session) => Promise.resolve(session)), live);
  });
});
