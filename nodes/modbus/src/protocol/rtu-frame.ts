import { crc16 } from './crc16.ts';

/** What the answer to a serial request looks like; another is not its answer. */
export interface ExpectedReply {
  unit: number;
  functionCode: number;
  /** Of the whole answer with its check sum. */
  length: number;
  /** The byte count that it must say, where it says one. */
  byteCount?: number;
}

const EXCEPTION = 0x80;
const EXCEPTION_BYTES = 5;
const CRC_BYTES = 2;

/** The answer that a request asks for: unit, function, data and check sum (MODBUS over serial line 1.02, clause 2.5.1). */
export function expectedReply(request: Buffer): ExpectedReply | undefined {
  if (request.length < 8) return undefined;
  const unit = request.readUInt8(0);
  const functionCode = request.readUInt8(1);
  const counted = (byteCount: number): ExpectedReply => ({
    unit,
    functionCode,
    length: 3 + byteCount + CRC_BYTES,
    byteCount,
  });
  switch (functionCode) {
    case 1:
    case 2:
      return counted(Math.ceil(request.readUInt16BE(4) / 8));
    case 3:
    case 4:
    case 23:
      return counted(request.readUInt16BE(4) * 2);
    case 5:
    case 6:
    case 15:
    case 16:
      return { unit, functionCode, length: 6 + CRC_BYTES };
    case 22:
      return { unit, functionCode, length: 8 + CRC_BYTES };
    default:
      return undefined;
  }
}

/**
 * Looks for the answer in what came over the line. Bytes before it that cannot belong to it (noise, the echo of the
 * request, another's answer) are passed over; what may be its beginning is kept.
 */
export function findReply(received: Buffer, expected: ExpectedReply): { reply?: Buffer; rest: Buffer } {
  for (let at = 0; at < received.length; at += 1) {
    const rest = received.subarray(at);
    const length = lengthAt(rest, expected);
    if (length === 'no') continue;
    if (length === 'unknown' || rest.length < length) return { rest };
    if (isIntact(rest.subarray(0, length))) {
      return { reply: rest.subarray(0, length), rest: rest.subarray(length) };
    }
  }
  return { rest: Buffer.alloc(0) };
}

function lengthAt(bytes: Buffer, { unit, functionCode, length, byteCount }: ExpectedReply): number | 'no' | 'unknown' {
  const [first, second, third] = bytes;
  if (first !== unit) return 'no';
  if (second === undefined) return 'unknown';
  if (second === (functionCode | EXCEPTION)) return EXCEPTION_BYTES;
  if (second !== functionCode) return 'no';
  if (byteCount === undefined) return length;
  if (third === undefined) return 'unknown';
  return third === byteCount ? length : 'no';
}

function isIntact(frame: Buffer): boolean {
  const end = frame.length - CRC_BYTES;
  return frame.readUInt16LE(end) === crc16(frame.subarray(0, end));
}

/** Milliseconds of silence that end a frame: three and a half characters, above 19,200 bit/s 1.75 ms (clause 2.5.1.1). */
export function silenceMs(baudRate: number): number {
  return baudRate > 19_200 ? 1.75 : (3.5 * 11 * 1_000) / baudRate;
}
