import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import { tidyHeap } from '../../../packages/runtime/src/compartment/tidy-heap.ts';

describe('tidying the heap of a spare', () => {
  it('collects what nobody holds, and leaves no collector for flows to see', async () => {
    const dropped = new WeakRef({ large: Array.from({ length: 1_000 }, (_, index) => ({ index })) });
    // A reference that was read is held until the end of the turn.
    await new Promise((resolve) => setImmediate(resolve));
    tidyHeap();
    assert.equal(dropped.deref(), undefined);
    assert.equal(runInNewContext('typeof gc'), 'undefined');
    assert.equal(Reflect.has(globalThis, 'gc'), false);
  });
});
