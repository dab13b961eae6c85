import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createFlatReader, createFlatWriter } from '../../../packages/runtime/src/compartment/links/flat-frame.ts';
import { FrameSlab } from '../../../packages/runtime/src/compartment/links/frame-slab.ts';
import type { Message } from '../../../packages/runtime/src/compartment/links/link-frames.ts';
import { FrameError } from '../../../packages/runtime/src/protocol/frame.ts';

function encoded(msg: Message, to = 'target'): Buffer | undefined {
  const slab = new FrameSlab();
  const isFlat = createFlatWriter().write(to, { msg }, slab);
  return isFlat ? slab.buffer.subarray(slab.start + 4, slab.end) : undefined;
}

function throughTheWire(msg: Message): Message {
  const bytes = encoded(msg);
  assert.ok(bytes, 'the message has this encoding');
  const frame = createFlatReader().read(Buffer.from(bytes));
  assert.ok(frame?.type === 'link' && frame.to === 'target');
  return frame.msg;
}

const flatValue = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme-ascii', maxLength: 3000 }),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom(undefined, null, -0, 2 ** 31, -(2 ** 31), Number.NaN, '\ud800', '\udc00x', 'ä', '€'),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);
const objects = fc.oneof(
  fc.date({ noInvalidDate: false }),
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
);
const keys = fc.string({ unit: 'grapheme-ascii' }).filter((key) => key !== '__proto__');

describe('the encoding of flat messages', () => {
  it('gives back every text, number, boolean, date and buffer as it was', () => {
    fc.assert(
      fc.property(fc.dictionary(keys, flatValue), fc.option(objects), (values, object) => {
        const msg: Message = object === null ? { ...values } : { ...values, object };
        const copy = throughTheWire(msg);
        assert.deepEqual(copy, msg);
        assert.deepEqual(Object.keys(copy), Object.keys(msg));
      }),
    );
  });

  it('is not used for what would be another message afterwards', () => {
    const shared = Buffer.from('x');
    const others: Record<string, Message> = {
      'an object': { payload: {} },
      'a list': { payload: [] },
      'one object twice': { a: shared, b: shared },
      'a typed array': { payload: new Float64Array(1) },
      'a function': { payload: () => 1 },
      'a symbol': { payload: Symbol('x') },
      'a large integer': { payload: 2n ** 64n },
      'a key that is no key': Object.defineProperty({}, '__proto__', { value: 1, enumerable: true }),
      'a key beyond Latin-1': { '€': 1 },
      'a key with the separator': { 'a\0b': 1 },
      'a long text': { payload: 'x'.repeat(100_000) },
    };
    for (const [what, msg] of Object.entries(others)) assert.equal(encoded(msg), undefined, what);
    const request = createFlatWriter().write('target', { msg: {}, req: {} }, new FrameSlab());
    assert.equal(request, false, 'a message with a request');
  });

  it('copies: neither the sender nor the next frame in the same memory changes what was read', () => {
    const payload = Buffer.from('abc');
    const bytes = encoded({ payload });
    assert.ok(bytes);
    payload.fill(0);
    const frame = createFlatReader().read(bytes);
    bytes.fill(0);
    assert.ok(frame?.type === 'link');
    assert.deepEqual(frame.msg, { payload: Buffer.from('abc') });
  });

  it('follows a sender whose messages change their keys', () => {
    const writer = createFlatWriter();
    const reader = createFlatReader();
    const slab = new FrameSlab();
    for (const msg of [{ a: 1 }, { a: 1, b: 2 }, { b: 2, a: 1 }, {}, { a: 1 }]) {
      assert.ok(writer.write('to', { msg }, slab));
      const frame = reader.read(slab.buffer.subarray(slab.start + 4, slab.end));
      assert.ok(frame?.type === 'link');
      assert.equal(JSON.stringify(frame.msg), JSON.stringify(msg));
    }
  });

  it('is refused when it is cut off or garbled, whatever the bytes are', () => {
    const bytes = encoded({ text: 'ä€', n: 1.5, buffer: Buffer.from('abc') });
    assert.ok(bytes);
    for (let length = 1; length < bytes.length; length += 1) {
      assert.throws(
        () => createFlatReader().read(bytes.subarray(0, length)),
        (error) => error instanceof FrameError && error.code === 'frame-garbled',
        `${length} of ${bytes.length} bytes`,
      );
    }
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), (garbage) => {
        try {
          createFlatReader().read(Buffer.from([1, 4, 0, ...garbage]));
        } catch (error) {
          assert.ok(error instanceof FrameError);
        }
      }),
    );
  });
});
