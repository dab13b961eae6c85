import { BulkheadError } from '@bulkhead/core';

/** Requests that are under way over something that lives as long as a connection, and how they end with it. */
export interface Requests<Live> {
  run<T>(live: Live | undefined, ask: (live: Live) => Promise<T>): Promise<T>;
  /** Rejects whatever is under way: the library would keep it until its timeout, or send it again later on. */
  interrupt(reason: Error): void;
}

export function createRequests<Live>(): Requests<Live> {
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
