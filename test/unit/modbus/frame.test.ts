import { deepEqual, equal } from 'node:assert/strict';
import fc from 'fast-check';
import { frameBytes, splitFrames } from '../../../nodes/modbus/src/protocol/frame.ts';
import { parseReadReply, readRequestBytes } from '../../../nodes/modbus/src/protocol/pdu.ts';

const span = { area: 'holding', address: 107, count: 3 } as const;

describe('Modbus TCP frames', () => {
  it('asks as the example of the specification does', () => {
    deepEqual([...frameBytes(0x1501, readRequestBytes(17, span))], [0x15, 0x01, 0, 0, 0, 6, 17, 3, 0, 107, 0, 3]);
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

  it('reads registers and bits', () => {
    deepEqual(parseReadReply(Buffer.from([17, 3, 6, 2, 0x2b, 0, 0, 0, 0x64]), 17, span), {
      kind: 'values',
      values: [555, 0, 100],
    });
    deepEqual(parseReadReply(Buffer.from([1, 1, 2, 0b101, 0b1]), 1, { area: 'coil', address: 0, count: 9 }), {
      kind: 'values',
      values: [1, 0, 1, 0, 0, 0, 0, 0, 1],
    });
  });

  it('tells an exception from a value', () => {
    deepEqual(parseReadReply(Buffer.from([17, 0x83, 2]), 17, span), { kind: 'exception', code: 2 });
  });

  const wrong: Array<[string, number[]]> = [
    ['another unit', [18, 3, 6, 0, 1, 0, 2, 0, 3]],
    ['another function', [17, 4, 6, 0, 1, 0, 2, 0, 3]],
    ['fewer registers', [17, 3, 4, 0, 1, 0, 2]],
    ['more registers', [17, 3, 8, 0, 1, 0, 2, 0, 3, 0, 4]],
    ['a wrong byte count', [17, 3, 4, 0, 1, 0, 2, 0, 3]],
    ['nothing', [17, 3]],
  ];
  for (const [what, body] of wrong) {
    it(`takes an answer with ${what} for garbled`, () => {
      equal(parseReadReply(Buffer.from(body), 17, span).kind, 'garbled');
    });
  }

  it('never throws, whatever arrives', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        splitFrames(Buffer.from(bytes));
        parseReadReply(Buffer.from(bytes), 1, span);
      }),
      { numRuns: 10_000 },
    );
  });
});
