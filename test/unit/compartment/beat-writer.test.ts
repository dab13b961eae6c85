import assert from 'node:assert/strict';
import { createBeatWriter } from '../../../packages/runtime/src/compartment/beat-writer.ts';

describe('beats of a compartment', () => {
  let nowMs = 0;
  const recorder = (options: { exact?: boolean } = {}) => {
    const written: string[] = [];
    nowMs = 0;
    const write = (id: string): void => void written.push(id);
    const writer = createBeatWriter({ everyMs: 60_000, ...options, write, now: () => nowMs });
    return { written, writer };
  };

  it('say each change of the receiving node, and not each message', () => {
    const { written, writer } = recorder();
    for (const id of ['a', 'a', 'b', 'b', 'b', 'a']) writer.received(id, true);
    writer.stop();
    assert.deepEqual(written, ['', 'a', 'b', 'a']);
  });

  it('go on every 200 ms while messages come that are not noted, or to one node alone', () => {
    for (const [noted, each] of [
      [false, 1],
      [true, 100],
    ] as const) {
      const { written, writer } = recorder();
      writer.received('a', true);
      for (; nowMs < 10_000; nowMs += each) writer.received('a', noted);
      writer.stop();
      assert.ok(written.length > 30 && written.length < 60, `${written.length} beats`);
    }
  });

  it('are written for every message when the node has to be known exactly', () => {
    const { written, writer } = recorder({ exact: true });
    for (const id of ['a', 'a', 'b']) writer.received(id, true);
    writer.stop();
    assert.deepEqual(written, ['', 'a', 'a', 'b']);
  });
});
