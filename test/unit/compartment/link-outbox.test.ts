import assert from 'node:assert/strict';
import { createOutbox } from '../../../packages/runtime/src/compartment/links/outbox.ts';

/** Sends at once; `written` is what went out, in one string. */
function outbox(options: { maxMessages?: number; maxBytes?: number; windowBytes?: number } = {}) {
  const written: string[] = [];
  const box = createOutbox({ ...options, later: (work) => work() });
  const offer = (text: string): boolean => {
    box.slab.take(Buffer.from(text));
    return box.offer();
  };
  return { box, offer, written, write: (pieces: readonly Buffer[]) => void written.push(pieces.join('')) };
}

describe('the outbox of a pair of compartments', () => {
  it('sends in order what was offered before and after the connection came', () => {
    const { box, offer, written, write } = outbox();
    offer('a');
    offer('b');
    assert.equal(box.queued, 2);
    box.attach(write);
    offer('c');
    assert.equal(written.join(''), 'abc');
    assert.deepEqual([box.queued, box.sent, box.dropped], [0, 3, 0]);
  });

  it('has no more in flight than its window, except for one frame of any size', () => {
    const { box, offer, written, write } = outbox({ windowBytes: 4 });
    box.attach(write);
    for (const text of ['long frame', 'ab', 'cd', 'e']) offer(text);
    assert.deepEqual(written, ['long frame']);
    box.arrived(1);
    assert.deepEqual(written, ['long frame', 'abcd']);
    box.arrived(2);
    assert.deepEqual(written, ['long frame', 'abcd', 'e']);
  });

  it('refuses the newest at either bound and counts it, and always takes one', () => {
    const byCount = outbox({ maxMessages: 2 });
    assert.deepEqual(
      ['a', 'b', 'c'].map((text) => byCount.offer(text)),
      [true, true, false],
    );
    assert.deepEqual([byCount.box.queued, byCount.box.dropped], [2, 1]);
    const byBytes = outbox({ maxBytes: 3 });
    assert.deepEqual(
      ['abcdef', 'g'].map((text) => byBytes.offer(text)),
      [true, false],
    );
  });

  it('counts what was in flight as lost with the connection, sends the rest over the next, and nothing twice', () => {
    const first = outbox({ windowBytes: 2 });
    first.box.attach(first.write);
    for (const text of ['a', 'b', 'c', 'd']) first.offer(text);
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
    const { box, offer, write } = outbox();
    await box.empty();
    box.attach(write);
    offer('a');
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
    const { box, offer, written, write } = outbox({ windowBytes: 64 });
    box.attach(write);
    let expected = '';
    for (let i = 0; i < 20_000; i += 1) {
      offer(`${i},`);
      expected += `${i},`;
      if (i % 3 === 0) box.arrived(box.sent);
    }
    while (box.queued > 0) box.arrived(box.sent);
    assert.equal(written.join(''), expected);
  });

  it('holds no more memory than what waits takes, however much was refused in between', () => {
    const { box, offer } = outbox({ maxMessages: 3, windowBytes: 1 });
    const memory = new Set<ArrayBufferLike>();
    box.attach((frames) => frames.forEach((frame) => memory.add(frame.buffer)));
    for (let round = 0; round < 20; round += 1) {
      for (let i = 0; i < 500; i += 1) offer('x'.repeat(1000));
      box.arrived(box.sent);
    }
    assert.ok(box.dropped > 9_000, `${box.dropped} were refused`);
    assert.equal(memory.size, 1);
  });

  it('writes into the memory of what has left, and never into that of what has not', () => {
    const { box, offer } = outbox({ windowBytes: 1024 * 1024 * 1024 });
    const memory = new Set<ArrayBufferLike>();
    const leaving: { text: string; bytes: readonly Buffer[]; written: () => void }[] = [];
    let sent = '';
    box.attach((bytes, written) => {
      bytes.forEach((piece) => memory.add(piece.buffer));
      leaving.push({ text: bytes.join(''), bytes, written });
      // Sixty turns later, the socket has taken it.
      const oldest = leaving.length > 60 ? leaving.shift() : undefined;
      if (oldest === undefined) return;
      assert.equal(oldest.bytes.join(''), oldest.text);
      sent += oldest.text;
      oldest.written();
    });
    for (let i = 0; i < 2_000; i += 1) offer(`${i}`.padEnd(10_000));
    assert.equal(sent.length, (2_000 - 60) * 10_000);
    assert.ok(memory.size < 10, `20 MB went through ${memory.size} buffers`);
  });
});
