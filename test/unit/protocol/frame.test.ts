import { deepEqual, equal, throws } from 'node:assert/strict';
import { decodeMessage, encodeMessage, FrameError, frame } from '../../../packages/runtime/src/protocol/frame.ts';
import { createFrameReader } from '../../../packages/runtime/src/protocol/frame-reader.ts';

const code = (expected: string) => (error: unknown) => error instanceof FrameError && error.code === expected;

describe('a frame', () => {
  it('keeps what v8 can copy: dates, buffers, maps, big integers', () => {
    const message = {
      type: 'x',
      at: new Date(5),
      bytes: Buffer.from('ab'),
      map: new Map([[1, 2n]]),
      list: [undefined, null],
    };
    const reader = createFrameReader();
    reader.push(encodeMessage(message));
    const payload = reader.next();
    deepEqual(payload === null ? null : decodeMessage(payload), message);
  });

  it('is put together again from chunks of any size', () => {
    const bytes = Buffer.concat([1, 2, 3].map((n) => encodeMessage({ type: 'n', n, text: 'x'.repeat(50 * n) })));
    for (const size of [1, 2, 3, 5, 64, bytes.length]) {
      const reader = createFrameReader();
      const seen: unknown[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        reader.push(bytes.subarray(at, at + size));
        for (let payload = reader.next(); payload !== null; payload = reader.next()) seen.push(decodeMessage(payload));
      }
      deepEqual(
        seen,
        [1, 2, 3].map((n) => ({ type: 'n', n, text: 'x'.repeat(50 * n) })),
        `chunks of ${size}`,
      );
      equal(reader.next(), null);
    }
  });

  it('is refused when its length exceeds the limit, before its bytes are waited for', () => {
    const reader = createFrameReader(100);
    reader.push(Buffer.from([0, 0, 0, 101]));
    throws(() => reader.next(), code('frame-too-large'));
    throws(() => frame(Buffer.alloc(101), 100), code('frame-too-large'));
  });

  it('is refused when it is empty or garbled', () => {
    const reader = createFrameReader();
    reader.push(Buffer.from([0, 0, 0, 0]));
    throws(() => reader.next(), code('frame-empty'));
    throws(() => decodeMessage(Buffer.from('GET / HTTP/1.1')), code('frame-garbled'));
  });

  it('cannot carry a function', () => {
    throws(() => encodeMessage({ type: 'x', send: () => {} }), code('not-serialisable'));
  });
});
