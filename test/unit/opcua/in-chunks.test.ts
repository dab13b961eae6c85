import { deepEqual, equal, rejects } from 'node:assert/strict';
import { inChunks } from '../../../nodes/opcua/src/io/in-chunks.ts';

const numbers = Array.from({ length: 10 }, (_, index) => index);

describe('Operations sent to a server in chunks', () => {
  it('asks for no more at a time than the server takes, and keeps the order', async () => {
    const sizes: number[] = [];
    const results = await inChunks(numbers, 4, (chunk) => {
      sizes.push(chunk.length);
      return Promise.resolve(chunk.map((number) => number * 2));
    });
    deepEqual(sizes, [4, 4, 2]);
    deepEqual(
      results,
      numbers.map((number) => number * 2),
    );
  });

  it('asks for half as much when the server takes less than it says', async () => {
    const sizes: number[] = [];
    let retries = 0;
    const ask = (chunk: number[]): Promise<number[]> => {
      sizes.push(chunk.length);
      return chunk.length > 3
        ? Promise.reject(new Error('serviceResult = BadTooManyOperations (0x80100000)'))
        : Promise.resolve(chunk);
    };
    const results = await inChunks(numbers, 8, ask, () => {
      retries += 1;
    });
    deepEqual(sizes, [8, 4, 2, 2, 2, 2, 2]);
    equal(retries, 2);
    deepEqual(results, numbers);
  });

  it('gives up when a single one is too large, and at any other error', async () => {
    await rejects(
      inChunks([1, 2], 2, () => Promise.reject(new Error('BadResponseTooLarge'))),
      /BadResponseTooLarge/,
    );
    await rejects(
      inChunks([1, 2], 2, () => Promise.reject(new Error('BadTimeout'))),
      /BadTimeout/,
    );
  });

  it('takes no answer that does not fit the question', async () => {
    await rejects(
      inChunks([1, 2], 2, () => Promise.resolve([1])),
      /answers 2 operations with 1 results/,
    );
  });
});
