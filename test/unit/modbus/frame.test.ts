import { deepEqual, equal } from 'node:assert/strict';
import fc from 'fast-check';
import { crc16 } from '../../../nodes/modbus/src/protocol/crc16.ts';
import { frameBytes, splitFrames } from '../../../nodes/modbus/src/protocol/frame.ts';

describe('Modbus TCP frames', () => {
  it('puts a request into a frame as the example of the specification does', () => {
    deepEqual(
      [...frameBytes(0x1501, Buffer.from([17, 3, 0, 107, 0, 3]))],
      [0x15, 0x01, 0, 0, 0, 6, 17, 3, 0, 107, 0, 3],
    );
  });

  it('finds frames however the bytes were divided on the way', () => {
    const sent = Buffer.concat([frameBytes(1, Buffer.from([1, 3, 2, 0, 7])), frameBytes(2, Buffer.from([1, 0x83, 2]))]);
    for (let at = 0; at <= sent.length; at += 1) {
      const first = splitFrames(sent.subarray(0, at));
      if (!first.ok) throw new Error(first.reason);
      const second = splitFrames(Buffer.concat([first.rest, sent.subarray(at)]));
      if (!second.ok) throw new Error(second.reason);
      deepEqual(
        [...first.frames, ...second.frames].map(({ transaction }) => transaction),
        [1, 2],
      );
    }
  });

  it('refuses bytes that no Modbus device sends', () => {
    equal(splitFrames(Buffer.from('HTTP/1.1 400 Bad Request')).ok, false);
    equal(splitFrames(Buffer.from([0, 1, 0, 0, 0xff, 0xff, 1, 3])).ok, false);
    equal(splitFrames(Buffer.from([0, 1, 0, 0, 0, 0])).ok, false);
  });

  it('never throws, whatever arrives', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        splitFrames(Buffer.from(bytes));
      }),
      { numRuns: 10_000 },
    );
  });

  it('has the check sum of serial lines', () => {
    equal(crc16(Buffer.from([0x01, 0x04, 0x02, 0xff, 0xff])), 0x80b8);
  });
});
