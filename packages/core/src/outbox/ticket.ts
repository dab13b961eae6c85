import { BulkheadError } from '../error.ts';

/** Follows the samples of one message until the last of them is settled. */
export interface Ticket {
  /** One of the samples was delivered, or not. */
  settle(problem?: BulkheadError): void;
  /** Resolves when all were delivered; rejects with the first problem when all are settled. */
  readonly settled: Promise<void>;
}

export function createTicket(samples: number): Ticket {
  if (samples === 0) return { settle: () => undefined, settled: Promise.resolve() };
  let open = samples;
  let failed = 0;
  let first: BulkheadError | undefined;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  return {
    settled: promise,
    settle(problem) {
      open -= 1;
      if (problem) {
        failed += 1;
        first ??= problem;
      }
      if (open > 0) return;
      if (first === undefined) resolve();
      else if (samples === 1) reject(first);
      else reject(new BulkheadError(first.code, `${failed} of ${samples} samples: ${first.message}`, { cause: first }));
    },
  };
}
