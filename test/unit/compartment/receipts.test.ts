import assert from 'node:assert/strict';
import { createReceipts } from '../../../packages/runtime/src/compartment/receipts.ts';

/** What was done for messages, and windows that a test ends. */
function bench(exact = false) {
  const done = { written: 0, missed: 0, beats: 0, hurried: 0, contexts: 0 };
  const ends: (() => void)[] = [];
  let nowMs = 0;
  const receipts = createReceipts({
    exact,
    beats: { received: () => void (done.beats += 1), hurried: () => void (done.hurried += 1) },
    inHand: { received: () => void (done.written += 1), missed: () => void (done.missed += 1) },
    later: (end) => void ends.push(end),
    now: () => nowMs,
  });
  return {
    receipts,
    receive(messages: number) {
      Object.assign(done, { written: 0, missed: 0, beats: 0, hurried: 0, contexts: 0 });
      for (let i = 0; i < messages; i += 1) if (receipts.received('n', {})) done.contexts += 1;
      return { ...done };
    },
    endOfWindow() {
      nowMs += 100;
      for (const end of ends.splice(0)) end();
    },
  };
}

describe('what is done for the messages that nodes receive', () => {
  it('is all of it for an ordinary flow', () => {
    const { receive, endOfWindow } = bench();
    for (let window = 0; window < 20; window += 1) {
      assert.deepEqual(receive(50), { written: 50, missed: 0, beats: 50, hurried: 0, contexts: 50 });
      endOfWindow();
    }
  });

  it('is a beat alone for most of a flood, which stays one for as long as it lasts, and is counted', () => {
    const { receipts, receive, endOfWindow } = bench();
    assert.deepEqual(receive(8_000), { written: 1_000, missed: 4_000, beats: 5_000, hurried: 3_000, contexts: 5_000 });
    for (let window = 0; window < 10; window += 1) {
      endOfWindow();
      assert.deepEqual(receive(8_000), { written: 2, missed: 1, beats: 3, hurried: 7_997, contexts: 2 });
    }
    assert.equal(receipts.count, 88_000);
    // Nothing came for a window, so it was the last of the flood.
    for (let rest = 0; rest < 3; rest += 1) endOfWindow();
    assert.equal(receive(100).written, 100);
  });

  it('is all of it for every message where each has to be known', () => {
    assert.deepEqual(bench(true).receive(8_000), {
      written: 8_000,
      missed: 0,
      beats: 8_000,
      hurried: 0,
      contexts: 8_000,
    });
  });
});
