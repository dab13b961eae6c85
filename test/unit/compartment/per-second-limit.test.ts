import assert from 'node:assert/strict';
import { createPerSecondLimit } from '../../../packages/runtime/src/node-red/per-second-limit.ts';

describe('a limit per second', () => {
  it('lets through so many in each second and counts the rest once the second is over', () => {
    const limit = createPerSecondLimit(2);
    assert.deepEqual(
      [0, 1, 2, 3].map((now) => limit.take(now)),
      [true, true, false, false],
    );
    assert.equal(limit.takeDropped(999), 0);
    assert.equal(limit.take(1000), true);
    assert.equal(limit.takeDropped(1000), 2);
    assert.equal(limit.takeDropped(1000), 0);
    assert.equal(limit.droppedInTotal, 2);
  });
});
