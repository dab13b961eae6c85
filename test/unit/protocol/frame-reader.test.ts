import { equal } from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { decodeMessage, encodeMessage } from '../../../packages/runtime/src/protocol/frame.ts';
import { createFrameReader } from '../../../packages/runtime/src/protocol/frame-reader.ts';

const message = (size: number, seed: number) => ({
  text: 'x'.repeat(size),
  bytes: Buffer.alloc(size, seed),
  numbers: new Float64Array(Math.ceil(size / 8)).fill(seed),
  view: new DataView(new Uint8Array(size).fill(seed).buffer),
});

describe('the reader of frames', () => {
  it('makes messages that are theirs for good, whatever becomes of the memory that was read into', () => {
    const sizes = fc.array(fc.oneof(fc.nat(50), fc.nat(20_000), fc.constant(400_000)), { minLength: 1, maxLength: 8 });
    const plans = fc.record({
      sizes,
      step: fc.integer({ min: 1_000, max: 70_000 }),
      share: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(plans, ({ sizes, step, share }) => {
        const sent = sizes.map(message);
        const stream = Buffer.concat(sent.map((value) => encodeMessage(value)));
        const reader = createFrameReader();
        const memory = Buffer.alloc(step);
        const seen: unknown[] = [];
        const take = (most: number): void => {
          for (let count = 0; count < most; count += 1) {
            const payload = reader.next();
            if (payload === null) return;
            seen.push(decodeMessage(payload));
          }
        };
        for (let at = 0; at < stream.length; at += step) {
          const bytes = stream.copy(memory, 0, at, at + step);
          reader.push(memory.subarray(0, bytes));
          take(share);
          reader.keep();
          memory.fill(0xff);
        }
        take(Infinity);
        equal(reader.buffered, 0);
        // A difference of megabytes is not for printing.
        equal(isDeepStrictEqual(seen, sent), true);
      }),
      { numRuns: 40, endOnFailure: true },
    );
  });

  it('keeps no memory of a frame that was larger than most', () => {
    const reader = createFrameReader();
    const large = encodeMessage({ text: 'x'.repeat(1_000_000) });
    for (let at = 0; at < large.length; at += 65_536) {
      reader.push(large.subarray(at, at + 65_536));
      if (at + 65_536 < large.length) equal(reader.next(), null);
      reader.keep();
    }
    const first = reader.next();
    reader.push(encodeMessage({ text: 'y' }));
    reader.keep();
    const second = reader.next();
    equal(first?.length, large.length - 4);
    equal((second?.buffer.byteLength ?? Infinity) < 64 * 1024, true);
  });
});
