import { BulkheadError } from '@bulkhead/core';
import type { LiveSession } from './live-session.ts';

/** Requests that are under way, and how they end with their connection. */
export interface Requests {
  run<T>(live: LiveSession | undefined, ask: (live: LiveSession) => Promise<T>): Promise<T>;
  /** Rejects whatever is under way: the library would keep it until its timeout, or send it again later on. */
  interrupt(reason: Error): void;
}

export function createRequests(): Requests {
  const waiting = new Set<(reason: Error) => void>();
  return {
    async run(live, ask) {
      if (live === undefined) {
        throw new BulkheadError('not-connected', 'there is no connection to the server', { retryable: true });
      }
      let interrupt: ((reason: Error) => void) | undefined;
      const interrupted = new Promise<never>((_resolve, reject) => {
        interrupt = reject;
        waiting.add(reject);
      });
      try {
        return await Promise.race([ask(live), interrupted]);
      } finally {
        if (interrupt !== undefined) waiting.delete(interrupt);
      }
    },
    interrupt(cause) {
      const message = 'the connection was lost before the server answered';
      const reason = new BulkheadError('connection-lost', message, { retryable: true, cause });
      for (const reject of [...waiting]) reject(reason);
    },
  };
}
