import { deepEqual } from 'node:assert/strict';
import { createWriter, type WritePort, type WriteTag } from '@bulkhead/node-kit';

const tag: WriteTag = { topic: 'a', address: '0', min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };

describe('A writer', () => {
  it('writes batches one after the other, each from the old values to what is read back', async () => {
    const done: string[] = [];
    const turn = async (what: string): Promise<void> => {
      done.push(what);
      await new Promise(setImmediate);
    };
    const port: WritePort<WriteTag, number, { kind: string }> = {
      isConnected: () => true,
      encode: (value) => ({ ok: true, encoded: Number(value) }),
      async read(values) {
        await turn('read');
        return values.map(() => ({ kind: 'values' }));
      },
      valueIn: () => undefined,
      isThere: () => true,
      async send(values) {
        await turn(`send ${values.map(({ encoded }) => encoded).join()}`);
        return values.map(() => undefined);
      },
    };
    const writer = createWriter({ tags: new Map([['a', tag]]), deadlineMs: 1_000, readBack: true, port });
    const batches = [[1, 2], [3], [4]].map((values) =>
      writer.write(
        values.map((value) => ({ topic: 'a', value, quality: 'good' })),
        0,
      ),
    );
    await Promise.all(batches);
    deepEqual(
      done,
      ['1,2', '3', '4'].flatMap((values) => ['read', `send ${values}`, 'read']),
    );
  });
});
