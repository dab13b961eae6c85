import { BulkheadError, errorMessage } from '@bulkhead/core';

/** A server that takes less at a time than it says, or that says nothing. */
const tooMuch =
  /BadTooManyOperations|BadRequestTooLarge|BadResponseTooLarge|BadEncodingLimitsExceeded|BadTcpMessageTooLarge/;

/**
 * Asks for all items, `most` at a time and one request after the other, and gives the results in the order of the items.
 * When the server finds a request too large it is asked for half as much, and `onRetry` is told. Rejects when `ask` does,
 * or answers with another number of results than it was asked for.
 */
export async function inChunks<Item, Result>(
  items: readonly Item[],
  most: number,
  ask: (chunk: Item[]) => Promise<readonly Result[]>,
  onRetry?: () => void,
): Promise<Result[]> {
  const results: Result[] = [];
  let size = Math.max(1, most);
  while (results.length < items.length) {
    const chunk = items.slice(results.length, results.length + size);
    try {
      const answers = await ask(chunk);
      if (answers.length !== chunk.length) {
        const message = `the server answers ${chunk.length} operations with ${answers.length} results`;
        throw new BulkheadError('wrong-answer', message, { retryable: true });
      }
      results.push(...answers);
    } catch (error) {
      if (chunk.length === 1 || !tooMuch.test(errorMessage(error))) throw error;
      size = Math.ceil(chunk.length / 2);
      onRetry?.();
    }
  }
  return results;
}
