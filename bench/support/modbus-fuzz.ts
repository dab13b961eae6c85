import { decodeRegisters, type Encoding } from '../../nodes/modbus/src/protocol/decode.ts';
import { encodeRegisters } from '../../nodes/modbus/src/protocol/encode.ts';
import { frameBytes, splitFrames } from '../../nodes/modbus/src/protocol/frame.ts';
import { BYTE_ORDERS, REGISTER_TYPES, sizeOf } from '../../nodes/modbus/src/protocol/register-type.ts';
import { crc16 } from '../../nodes/modbus/src/protocol/crc16.ts';
import { expectedReply, findReply } from '../../nodes/modbus/src/protocol/rtu-frame.ts';
import { findRequest } from '../../nodes/modbus/src/protocol/rtu-request.ts';
import { readModbusServer } from '../../nodes/modbus/src/modbus-server/config.ts';
import { createDevice } from '../../nodes/modbus/src/modbus-server/device.ts';
import { answeredRequests, answeredWith, isHonest } from '../../test/support/modbus-answers.ts';
import type { Fuzzed } from './s7-fuzz.ts';

/** xorshift32: the same cases in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const shown = 5;
function faultCounter(): { count: number; add(text: string): void } {
  const counter = {
    count: 0,
    add(text: string) {
      counter.count += 1;
      if (counter.count <= shown) console.error(text);
    },
  };
  return counter;
}

/** Digits of BCD, letters, small numbers and zeros are more likely than chance would have it: they make values. */
function wordOf(kind: number, next: () => number): number {
  const word = next();
  if (kind === 0) return word & 0xffff;
  if (kind === 1) return Number.parseInt(String(word % 10_000), 16);
  if (kind === 2) return 0x2020 + (word & 0x5f5f);
  return word % 3;
}

/** A fault is an exception, a good value that is none, or one that is not the same when it is written back. */
export function fuzzRegisters(cases: number): Fuzzed {
  const next = random(0x5eed);
  const faults = faultCounter();
  let good = 0;
  for (let index = 0; index < cases; index += 1) {
    const kind = next() % 4;
    const words = Array.from({ length: next() % 7 }, () => wordOf(kind, next));
    const type = REGISTER_TYPES[index % REGISTER_TYPES.length] ?? 'uint16';
    const order = BYTE_ORDERS[next() % BYTE_ORDERS.length] ?? 'ABCD';
    const from = next() % 3;
    const encoding: Encoding = { type, order, scale: 1, offset: 0, textBytes: 1 + (next() % 8) };
    if (type === 'bool' && next() % 2 === 0) encoding.bit = next() % 16;
    if (type.endsWith('int8') && next() % 2 === 0) encoding.half = 'high';
    const name = `${JSON.stringify(encoding)} at ${from} of ${JSON.stringify(words)}`;
    try {
      const read = decodeRegisters(words, encoding, from);
      if (!read.ok) continue;
      good += 1;
      const size = sizeOf(type, encoding.textBytes);
      if (words.length - from < size) faults.add(`${name}: a value beyond the end`);
      if (typeof read.value === 'number' && !Number.isFinite(read.value)) faults.add(`${name}: ${read.value}`);
      const encoded = encodeRegisters(read.value, encoding);
      if (!encoded.ok) {
        faults.add(`${name}: cannot be written back: ${encoded.reason}`);
        continue;
      }
      const again = decodeRegisters(encoded.words, encoding);
      if (!again.ok || !Object.is(again.value, read.value))
        faults.add(`${name}: ${String(read.value)} becomes another`);
    } catch (problem) {
      faults.add(`${name}: ${String(problem)}`);
    }
  }
  return { figure: 'decoder fuzz', cases, good, faults: faults.count };
}

const recorded = Buffer.from([17, 3, 6, 2, 0x2b, 0, 0, 0, 0x64]);

function withCrc(body: Buffer): Buffer {
  const sum = crc16(body);
  return Buffer.concat([body, Buffer.of(sum & 0xff, sum >> 8)]);
}

function broken(bytes: Buffer, next: () => number): Buffer {
  const copy = Buffer.from(bytes);
  const changes = 1 + (next() % 3);
  for (let change = 0; change < changes; change += 1) copy[next() % copy.length] = next();
  return next() % 5 === 0 ? copy.subarray(0, next() % copy.length) : copy;
}

/** Breaks recorded answers in 1 to 3 places, over TCP and over a serial line. */
export function fuzzFrames(cases: number): Fuzzed {
  const next = random(0xbeef);
  const faults = faultCounter();
  let good = 0;
  const expected = expectedReply(withCrc(Buffer.from([17, 3, 0, 107, 0, 3])));
  if (expected === undefined) throw new TypeError('no answer is expected');
  const serial = withCrc(recorded);
  const tcp = frameBytes(7, recorded);
  for (let index = 0; index < cases; index += 1) {
    const bytes = broken(index % 2 === 0 ? serial : tcp, next);
    try {
      if (index % 2 === 0) {
        const { reply, rest } = findReply(bytes, expected);
        findRequest(bytes);
        if (rest.length > bytes.length) faults.add(`${bytes.toString('hex')}: more is left than came`);
        if (reply === undefined) continue;
        good += 1;
        // A check sum of 16 bits lets one of 65,536 changes through; what it lets through must have the right form.
        const isException = reply.length === 5 && reply[1] === 0x83;
        if (reply[0] !== 17 || (!isException && (reply[2] !== 6 || reply.length !== 11)))
          faults.add(reply.toString('hex'));
      } else {
        const split = splitFrames(bytes);
        if (!split.ok) continue;
        good += split.frames.length;
        for (const { body } of split.frames) if (body.length < 2 || body.length > 254) faults.add(body.toString('hex'));
      }
    } catch (problem) {
      faults.add(`${bytes.toString('hex')}: ${String(problem)}`);
    }
  }
  return { figure: 'frame fuzz', cases, good, faults: faults.count };
}

/** Breaks answers of every kind on their way through the library: one honest reply to each request, or an error. */
export function fuzzAnswers(cases: number): Fuzzed {
  const next = random(0xface);
  const faults = faultCounter();
  const answered = answeredWith();
  let good = 0;
  for (let index = 0; index < cases; index += 1) {
    const asked = answeredRequests[index % answeredRequests.length];
    if (asked === undefined) continue;
    const changed = broken(Buffer.from(asked.answer), next);
    // Shorter than this no frame gets through.
    const bytes = changed.length < 2 ? Buffer.from([17, next() % 256]) : changed;
    try {
      const [reply, ...more] = answered(17, asked.request, bytes);
      if (reply === undefined || more.length > 0) faults.add(`${bytes.toString('hex')}: ${more.length} more replies`);
      else if (!isHonest(asked, bytes, reply)) faults.add(`${bytes.toString('hex')}: ${JSON.stringify(reply)}`);
      else if (reply.kind === 'values' || reply.kind === 'done') good += 1;
    } catch (problem) {
      faults.add(`${bytes.toString('hex')}: ${String(problem)}`);
    }
  }
  return { figure: 'answer fuzz', cases, good, faults: faults.count };
}

/** Requests of any bytes to a server: each is answered, with an exception or with what was asked for, and nothing throws. */
export function fuzzServer(cases: number): Fuzzed {
  const next = random(0xfeed);
  const faults = faultCounter();
  const tags = Array.from({ length: 20 }, (_, at) => ({
    topic: `umh.v1.fuzz._raw.t${at}`,
    address: at,
    access: 'write',
    initial: String(at),
  }));
  const read = readModbusServer({ tags });
  if (!read.ok) throw new TypeError(read.problem);
  const device = createDevice({ config: read.config, now: () => 0, onWrite: () => {} });
  let good = 0;
  for (let index = 0; index < cases; index += 1) {
    const functionCode = [1, 2, 3, 4, 5, 6, 15, 16, 22, 23, next() % 256][index % 11] ?? 3;
    const pdu = Buffer.from([
      functionCode,
      ...Array.from({ length: next() % 14 }, () => next() % (next() % 2 === 0 ? 8 : 256)),
    ]);
    try {
      const answer = device.request(1, pdu, 'fuzz');
      if (answer === undefined || answer.length < 2 || answer.length > 253)
        faults.add(`${pdu.toString('hex')}: no answer`);
      else if (answer[0] === functionCode) good += 1;
      else if (answer[0] !== (functionCode | 0x80)) faults.add(`${pdu.toString('hex')}: ${answer.toString('hex')}`);
    } catch (problem) {
      faults.add(`${pdu.toString('hex')}: ${String(problem)}`);
    }
  }
  return { figure: 'server fuzz', cases, good, faults: faults.count };
}
