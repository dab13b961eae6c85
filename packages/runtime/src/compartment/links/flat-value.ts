/** One value of a flat message as a tag and its bytes: `flat-frame.ts`. */
import { types } from 'node:util';

const tags = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  int: 4,
  double: 5,
  bigint: 6,
  ascii: 7,
  utf16: 8,
  date: 9,
  buffer: 10,
} as const;

/** A tag and a length. */
export const valueHeadBytes = 5;

/** At most so many bytes behind the tag; undefined for what has no place here. */
export function mostBytes(value: unknown): number | undefined {
  switch (typeof value) {
    case 'undefined':
    case 'boolean':
      return 0;
    case 'number':
      return 8;
    case 'bigint':
      return BigInt.asIntN(64, value) === value ? 8 : undefined;
    case 'string':
      // As UTF-8 three times its length, so that what was cut off is never taken for the whole.
      return value.length * 3;
    case 'object':
      if (value === null) return 0;
      if (Buffer.isBuffer(value)) return value.length;
      return types.isDate(value) ? 8 : undefined;
    default:
      return undefined;
  }
}

/** Returns where the next value goes. */
export function writeValue(buffer: Buffer, at: number, value: unknown): number {
  if (typeof value === 'string') return writeText(buffer, at, value);
  if (typeof value === 'number') {
    const isInt = (value | 0) === value && !Object.is(value, -0);
    buffer[at] = isInt ? tags.int : tags.double;
    return isInt ? buffer.writeInt32LE(value, at + 1) : buffer.writeDoubleLE(value, at + 1);
  }
  if (typeof value === 'bigint') {
    buffer[at] = tags.bigint;
    return buffer.writeBigInt64LE(value, at + 1);
  }
  if (Buffer.isBuffer(value)) {
    buffer[at] = tags.buffer;
    buffer.writeUInt32LE(value.length, at + 1);
    buffer.set(value, at + valueHeadBytes);
    return at + valueHeadBytes + value.length;
  }
  if (types.isDate(value)) {
    buffer[at] = tags.date;
    return buffer.writeDoubleLE(Number(value), at + 1);
  }
  if (typeof value === 'boolean') buffer[at] = value ? tags.true : tags.false;
  else buffer[at] = value === null ? tags.null : tags.undefined;
  return at + 1;
}

function writeText(buffer: Buffer, at: number, text: string): number {
  const from = at + valueHeadBytes;
  // As many bytes as characters: then it is ASCII, and this was the fastest way to find out.
  let length = buffer.write(text, from, text.length * 3, 'utf8');
  const isAscii = length === text.length;
  // UTF-16 keeps halves of surrogate pairs, which UTF-8 cannot.
  if (!isAscii) length = buffer.write(text, from, text.length * 2, 'utf16le');
  buffer[at] = isAscii ? tags.ascii : tags.utf16;
  buffer.writeUInt32LE(length, at + 1);
  return from + length;
}

/** `take` gives where so many bytes begin, and goes on behind them. */
export function readValue(payload: Buffer, take: (bytes: number) => number): unknown {
  const tag = payload[take(1)];
  switch (tag) {
    case tags.undefined:
      return undefined;
    case tags.null:
      return null;
    case tags.false:
      return false;
    case tags.true:
      return true;
    case tags.int:
      return payload.readInt32LE(take(4));
    case tags.double:
      return payload.readDoubleLE(take(8));
    case tags.bigint:
      return payload.readBigInt64LE(take(8));
    case tags.date:
      return new Date(payload.readDoubleLE(take(8)));
    case tags.ascii:
    case tags.utf16:
    case tags.buffer: {
      const length = payload.readUInt32LE(take(4));
      const from = take(length);
      if (tag === tags.ascii) return payload.toString('latin1', from, from + length);
      if (tag === tags.utf16) return payload.toString('utf16le', from, from + length);
      // A copy: the frame's memory holds other messages too.
      return Buffer.from(payload.subarray(from, from + length));
    }
    default:
      throw new RangeError(`no value begins with ${tag}`);
  }
}
