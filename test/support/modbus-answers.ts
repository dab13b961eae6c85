import { EventEmitter } from 'node:events';
import modbus from 'modbus-serial';
import { withCrcOfNothing } from '../../nodes/modbus/src/io/crc-of-nothing.ts';
import { sendRequest } from '../../nodes/modbus/src/io/send-request.ts';
import type { Reply, Request } from '../../nodes/modbus/src/protocol/request.ts';

/** A port of modbus-serial without a socket: whatever is asked, it answers with these bytes. */
class AnsweringPort extends EventEmitter {
  _transactionIdRead = 1;
  _transactionIdWrite = 1;
  isOpen = true;
  answer: Buffer = Buffer.alloc(0);

  open(done: (error?: Error) => void): void {
    done();
  }

  write(): void {
    this.emit('data', withCrcOfNothing(this.answer));
  }
}

/** Gives what a read or write comes to when the device answers with these bytes: unit, function and data. */
export function answeredWith(): (unit: number, request: Request, answer: Buffer) => Reply[] {
  const port = new AnsweringPort();
  const client = new modbus.default(port);
  client.open(() => {});
  return (unit, request, answer) => {
    const replies: Reply[] = [];
    port.answer = answer;
    sendRequest(client, unit, request, (reply) => replies.push(reply));
    return replies;
  };
}

/** Requests to unit 17 with the answer that the specification gives to them. */
export const answeredRequests: ReadonlyArray<{ request: Request; answer: readonly number[] }> = [
  { request: { kind: 'read', area: 'holding', address: 107, count: 3 }, answer: [17, 3, 6, 2, 43, 0, 0, 0, 100] },
  { request: { kind: 'read', area: 'input', address: 8, count: 1 }, answer: [17, 4, 2, 0, 10] },
  { request: { kind: 'read', area: 'coil', address: 19, count: 19 }, answer: [17, 1, 3, 0xcd, 0x6b, 5] },
  { request: { kind: 'read', area: 'discrete', address: 196, count: 22 }, answer: [17, 2, 3, 0xac, 0xdb, 0x35] },
  {
    request: { kind: 'write-coils', address: 172, values: [true], many: false },
    answer: [17, 5, 0, 172, 0xff, 0],
  },
  {
    request: { kind: 'write-coils', address: 172, values: [false], many: false },
    answer: [17, 5, 0, 172, 0, 0],
  },
  {
    request: { kind: 'write-coils', address: 19, values: [true, false, true], many: false },
    answer: [17, 15, 0, 19, 0, 3],
  },
  { request: { kind: 'write-registers', address: 1, words: [3], many: false }, answer: [17, 6, 0, 1, 0, 3] },
  { request: { kind: 'write-registers', address: 1, words: [10, 258], many: false }, answer: [17, 16, 0, 1, 0, 2] },
  {
    request: { kind: 'mask-register', address: 4, mask: 0x000d, word: 0x0005 },
    answer: [17, 22, 0, 4, 0xff, 0xf2, 0, 5],
  },
  {
    request: { kind: 'write-and-read', address: 14, words: [0xff], readAddress: 3, readCount: 2 },
    answer: [17, 23, 4, 0, 1, 0, 2],
  },
];

/** Values have the length that was asked for, and a write was done only when it was repeated as it was. */
export function isHonest({ request, answer }: (typeof answeredRequests)[number], came: Buffer, reply: Reply): boolean {
  const [unit, code = 0, count = 0] = answer;
  if (reply.kind === 'garbled') return true;
  if (reply.kind === 'exception') return came.length >= 3 && came[1] === (code | 0x80);
  if (came.length !== answer.length) return false;
  if (reply.kind === 'done') return answer.every((byte, at) => byte === came[at]);
  const isBits = request.kind === 'read' && (request.area === 'coil' || request.area === 'discrete');
  // The library takes half a register in the count of bytes for a whole one; the answer is as long as it has to be.
  const counted = isBits ? came[2] : Math.ceil((came[2] ?? 0) / 2) * 2;
  return came[0] === unit && came[1] === code && counted === count;
}
