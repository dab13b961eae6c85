import assert from 'node:assert/strict';
import { createPace } from '../../../packages/runtime/src/compartment/pace.ts';

describe('the pace of messages', () => {
  let ends: (() => void)[];
  let nowMs = 0;
  /** 3 in a window of 100 ms, 12 after a rest. */
  const pace = (takesAll = false) => {
    ends = [];
    const later = (end: () => void): void => void ends.push(end);
    return createPace({ takesAll, perSecond: 30, atOnce: 12, later, now: () => nowMs });
  };
  const endOfWindow = (): void => {
    nowMs += 100;
    ends.shift()?.();
  };
  const taken = ({ takes }: { takes(): boolean }, messages: number): number =>
    Array.from({ length: messages }, takes).filter(Boolean).length;

  it('leaves time to note every message of an ordinary flow', () => {
    const ordinary = pace();
    for (let window = 0; window < 20; window += 1) {
      assert.equal(taken(ordinary, 3), 3);
      endOfWindow();
    }
  });

  it('leaves time for many at once, again and again with a rest between', () => {
    const bursts = pace();
    for (let burst = 0; burst < 5; burst += 1) {
      assert.equal(taken(bursts, 12), 12);
      endOfWindow();
      endOfWindow();
      nowMs += 400;
    }
  });

  it('leaves time for a sample of a flood, and for all again when it is over', () => {
    const flood = pace();
    assert.equal(taken(flood, 100), 12);
    endOfWindow();
    for (let window = 0; window < 10; window += 1) {
      assert.equal(taken(flood, 100), 2);
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
