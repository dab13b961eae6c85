import assert from 'node:assert/strict';
import { createBeatWriter } from '../../../packages/runtime/src/compartment/beat-writer.ts';

describe('beats of a compartment', () => {
  const recorder = (options: { exact?: boolean; burst?: number; changesPerSecond?: number } = {}) => {
    const written: string[] = [];
    const writer = createBeatWriter({ everyMs: 60_000, ...options, write: (id) => written.push(id) });
    return { written, writer };
  };

  it('say each change of the receiving node, and not each message', () => {
    const { written, writer } = recorder();
    for (const id of ['a', 'a', 'b', 'b', 'b', 'a']) writer.received(id);
    writer.stop();
    assert.deepEqual(written, ['', 'a', 'b', 'a']);
  });

  it('stay within their budget when messages alternate between nodes', () => {
    const { written, writer } = recorder({ burst: 5, changesPerSecond: 0 });
    for (let i = 0; i < 1000; i += 1) writer.received(i % 2 === 0 ? 'a' : 'b');
    writer.stop();
    assert.equal(written.length, 6);
  });

  it('are written for every message when the node has to be known exactly', () => {
    const { written, writer } = recorder({ exact: true, burst: 1 });
    for (const id of ['a', 'a', 'b']) writer.received(id);
    writer.stop();
    assert.deepEqual(written, ['', 'a', 'a', 'b']);
  });
});
