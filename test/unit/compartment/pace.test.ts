import assert from 'node:assert/strict';
import { createPace } from '../../../packages/runtime/src/compartment/pace.ts';

describe('the pace of messages', () => {
  let ends: (() => void)[];
  const pace = (takesAll = false) => {
    ends = [];
    return createPace({ takesAll, perWindow: 3, inFlood: 1, later: (end) => void ends.push(end) });
  };
  const endOfWindow = (): void => ends.shift()?.();
  const taken = ({ takes }: { takes(): boolean }, messages: number): number =>
    Array.from({ length: messages }, takes).filter(Boolean).length;

  it('leaves time to note every message of an ordinary flow', () => {
    const ordinary = pace();
    for (let window = 0; window < 10; window += 1) {
      assert.equal(taken(ordinary, 3), 3);
      endOfWindow();
    }
  });

  it('leaves time for a sample of a flood, and for all again when it is over', () => {
    const flood = pace();
    assert.equal(taken(flood, 100), 3);
    endOfWindow();
    for (let window = 0; window < 10; window += 1) {
      assert.equal(taken(flood, 100), 1);
      endOfWindow();
    }
    endOfWindow();
    assert.equal(taken(flood, 3), 3);
  });

  it('needs no timer while nothing comes', () => {
    const resting = pace();
    taken(resting, 100);
    endOfWindow();
    endOfWindow();
    assert.deepEqual(ends, []);
  });

  it('is of no account when each message has to be noted', () => {
    assert.equal(taken(pace(true), 100), 100);
    assert.deepEqual(ends, []);
  });
});
