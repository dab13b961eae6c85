import { deepEqual, equal, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { crc16 } from '../../../nodes/modbus/src/protocol/crc16.ts';
import { expectedReply, findReply, silenceMs } from '../../../nodes/modbus/src/protocol/rtu-frame.ts';

function frame(...bytes: number[]): Buffer {
  const sum = crc16(Uint8Array.from(bytes));
  return Buffer.from([...bytes, sum & 0xff, sum >> 8]);
}

const asked = frame(17, 3, 0, 107, 0, 3);
const answer = frame(17, 3, 6, 2, 0x2b, 0, 0, 0, 0x64);

function find(...parts: Buffer[]): { reply: string | undefined; rest: number } {
  const expected = expectedReply(asked);
  if (expected === undefined) throw new Error('no answer is expected');
  const { reply, rest } = findReply(Buffer.concat(parts), expected);
  return { reply: reply?.toString('hex'), rest: rest.length };
}

describe('An answer on a serial line', () => {
  it('is found as a whole, also behind noise, an echo of the request or the answer of another', () => {
    const whole = { reply: answer.toString('hex'), rest: 0 };
    deepEqual(find(answer), whole);
    deepEqual(find(Buffer.from([0, 17, 3, 17]), answer), whole);
    deepEqual(find(asked, answer), whole);
    deepEqual(find(frame(18, 3, 6, 0, 0, 0, 0, 0, 0), answer), whole);
    deepEqual(find(frame(17, 3, 2, 0, 0), answer), whole);
  });

  it('may be an exception', () => {
    const exception = frame(17, 0x83, 2);
    deepEqual(find(exception), { reply: exception.toString('hex'), rest: 0 });
  });

  it('is waited for while it may still come', () => {
    for (let length = 0; length < answer.length; length += 1) {
      deepEqual(find(answer.subarray(0, length)), { reply: undefined, rest: length });
    }
  });

  it('is none with a wrong check sum or another number of registers', () => {
    const broken = Buffer.from(answer);
    broken[4] = (broken[4] ?? 0) ^ 1;
    equal(find(broken).reply, undefined);
    equal(find(frame(17, 3, 4, 0, 1, 0, 2)).reply, undefined);
  });

  it('is never taken for one by accident, whatever comes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const expected = expectedReply(asked);
        if (expected === undefined) throw new Error('no answer is expected');
        const { reply, rest } = findReply(Buffer.from(bytes), expected);
        ok(rest.length <= 11);
        if (reply !== undefined) equal(reply.readUInt16LE(reply.length - 2), crc16(reply.subarray(0, -2)));
      }),
      { numRuns: 10_000 },
    );
  });

  it('ends with a silence that the speed of the line gives', () => {
    deepEqual([Math.round(silenceMs(9_600)), silenceMs(115_200)], [4, 1.75]);
  });
});
