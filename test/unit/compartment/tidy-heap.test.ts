import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import { tidyHeap, tidyHeapOnceQuiet } from '../../../packages/runtime/src/compartment/tidy-heap.ts';

describe('tidying the heap', () => {
  it('collects what nobody holds, and leaves no collector for flows to see', async () => {
    const dropped = new WeakRef({ large: Array.from({ length: 1_000 }, (_, index) => ({ index })) });
    // A reference that was read is held until the end of the turn.
    await new Promise((resolve) => setImmediate(resolve));
    tidyHeap();
    assert.equal(dropped.deref(), undefined);
    assert.equal(runInNewContext('typeof gc'), 'undefined');
    assert.equal(Reflect.has(globalThis, 'gc'), false);
  });

  it('waits until no message comes, and is done once', () => {
    let tidied = 0;
    let received = 0;
    let isWatched = false;
    let look = (): void => assert.fail('nothing to look at');
    const every = (work: () => void): (() => void) => {
      look = work;
      isWatched = true;
      return () => void (isWatched = false);
    };
    const start = (): void => {
      tidyHeapOnceQuiet(
        () => received,
        () => void (tidied += 1),
        every,
      );
    };
    const looksBusy = (most: number): void => {
      for (let looks = 0; isWatched && looks < most; looks += 1) {
        received += 1;
        look();
      }
    };
    start();
    looksBusy(10);
    assert.equal(tidied, 0);
    look();
    assert.deepEqual([tidied, isWatched], [1, false]);

    start();
    looksBusy(1_000);
    assert.deepEqual([tidied, isWatched], [1, false], 'it gives up');
  });
});
