import assert from 'node:assert/strict';
import { createOutbox } from '../../../packages/runtime/src/compartment/links/outbox.ts';

const frame = (text: string): Buffer => Buffer.from(text);
/** Sends at once; `written` is what went out, in one string. */
function outbox(options: { maxMessages?: number; maxBytes?: number; windowBytes?: number } = {}) {
  const written: string[] = [];
  const box = createOutbox({ ...options, later: (work) => work() });
  return { box, written, write: (pieces: readonly Buffer[]) => void written.push(pieces.join('')) };
}

describe('the outbox of a pair of compartments', () => {
  it('sends in order what was offered before and after the connection came', () => {
    const { box, written, write } = outbox();
    box.offer(frame('a'));
    box.offer(frame('b'));
    assert.equal(box.queued, 2);
    box.attach(write);
    box.offer(frame('c'));
    assert.equal(written.join(''), 'abc');
    assert.deepEqual([box.queued, box.sent, box.dropped], [0, 3, 0]);
  });

  it('has no more in flight than its window, except for one frame of any size', () => {
    const { box, written, write } = outbox({ windowBytes: 4 });
    box.attach(write);
    for (const text of ['long frame', 'ab', 'cd', 'e']) box.offer(frame(text));
    assert.deepEqual(written, ['long frame']);
    box.arrived(1);
    assert.deepEqual(written, ['long frame', 'abcd']);
    box.arrived(2);
    assert.deepEqual(written, ['long frame', 'abcd', 'e']);
  });

  it('refuses the newest at either bound and counts it, and always takes one', () => {
    const byCount = outbox({ maxMessages: 2 }).box;
    assert.deepEqual(
      ['a', 'b', 'c'].map((text) => byCount.offer(frame(text))),
      [true, true, false],
    );
    assert.deepEqual([byCount.queued, byCount.dropped], [2, 1]);
    const byBytes = outbox({ maxBytes: 3 }).box;
    assert.deepEqual(
      ['abcdef', 'g'].map((text) => byBytes.offer(frame(text))),
      [true, false],
    );
  });

  it('counts what was in flight as lost with the connection, sends the rest over the next, and nothing twice', () => {
    const first = outbox({ windowBytes: 2 });
    first.box.attach(first.write);
    for (const text of ['a', 'b', 'c', 'd']) first.box.offer(frame(text));
    first.box.arrived(1);
    assert.deepEqual(first.written, ['a', 'b', 'c']);
    first.box.detach();
    assert.equal(first.box.dropped, 2);
    const later: string[] = [];
    first.box.attach((pieces) => void later.push(pieces.join('')));
    // Counts start anew with each connection.
    assert.deepEqual(later, ['d']);
    first.box.arrived(1);
    assert.deepEqual([first.box.queued, first.box.sent, first.box.dropped], [0, 4, 2]);
  });

  it('is empty only once everything has arrived', async () => {
    const { box, write } = outbox();
    await box.empty();
    box.attach(write);
    box.offer(frame('a'));
    let empty = false;
    const done = box.empty().then(() => {
      empty = true;
    });
    await Promise.resolve();
    assert.equal(empty, false);
    box.arrived(1);
    await done;
  });

  it('keeps its order over many thousand frames and acknowledgements', () => {
    const { box, written, write } = outbox({ windowBytes: 64 });
    box.attach(write);
    let expected = '';
    for (let i = 0; i < 20_000; i += 1) {
      box.offer(frame(`${i},`));
      expected += `${i},`;
      if (i % 3 === 0) box.arrived(box.sent);
    }
    while (box.queued > 0) box.arrived(box.sent);
    assert.equal(written.join(''), expected);
  });
});
