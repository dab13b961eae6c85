/** Thrown inside the decoder of structures only, and caught at its border. */
export class UnreadableBytes extends Error {
  override readonly name = 'UnreadableBytes';
}

/** Ticks of 100 ns from 1601 to 1970. */
const EPOCH_TICKS = 116_444_736_000_000_000n;
const TICKS_PER_MS = 10_000n;
/** Elements and text of honest values: arrays of arrays count twice, and each has four bytes of length. */
const mostPerByte = 2;
const text = new TextDecoder();

/**
 * Reads values in the binary encoding (OPC 10000-6, clause 5.2) and never beyond the end. A length is believed only as
 * far as bytes are there for it.
 */
export interface BinaryReader {
  readonly left: number;
  byte(): number;
  sbyte(): number;
  int16(): number;
  uint16(): number;
  int32(): number;
  uint32(): number;
  int64(): bigint;
  uint64(): bigint;
  float(): number;
  double(): number;
  /** Bytes with their length before them; null for none. */
  bytes(): Uint8Array | null;
  string(): string | null;
  /** ISO text; null for none. */
  dateTime(): string | null;
  guid(): string;
  /** The length of an array of elements that take at least a byte each; -1 for none. */
  length(): number;
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

export function binaryReader(bytes: Uint8Array): BinaryReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  let counted = 0;
  const take = (size: number): number => {
    if (size > bytes.byteLength - at) throw new UnreadableBytes(`${size} bytes wanted, ${bytes.byteLength - at} left`);
    const from = at;
    at += size;
    return from;
  };
  const length = (): number => {
    const count = view.getInt32(take(4), true);
    if (count > bytes.byteLength - at) throw new UnreadableBytes(`${count} elements, ${bytes.byteLength - at} bytes`);
    // Elements without a byte of their own (of an empty structure) could otherwise be counted again and again.
    counted += Math.max(0, count);
    if (counted > mostPerByte * bytes.byteLength) throw new UnreadableBytes(`${counted} elements`);
    return count < 0 ? -1 : count;
  };
  const block = (): Uint8Array | null => {
    const size = length();
    if (size < 0) return null;
    const from = take(size);
    return bytes.subarray(from, from + size);
  };
  return {
    get left() {
      return bytes.byteLength - at;
    },
    byte: () => view.getUint8(take(1)),
    sbyte: () => view.getInt8(take(1)),
    int16: () => view.getInt16(take(2), true),
    uint16: () => view.getUint16(take(2), true),
    int32: () => view.getInt32(take(4), true),
    uint32: () => view.getUint32(take(4), true),
    int64: () => view.getBigInt64(take(8), true),
    uint64: () => view.getBigUint64(take(8), true),
    float: () => view.getFloat32(take(4), true),
    double: () => view.getFloat64(take(8), true),
    bytes: block,
    string() {
      const taken = block();
      return taken === null ? null : text.decode(taken);
    },
    dateTime() {
      const ticks = view.getBigInt64(take(8), true);
      if (ticks <= 0n) return null;
      const ms = Number((ticks - EPOCH_TICKS) / TICKS_PER_MS);
      const date = new Date(ms);
      return Number.isFinite(date.getTime()) ? date.toISOString() : null;
    },
    guid() {
      const from = take(16);
      const parts = [hex(view.getUint32(from, true), 8)];
      parts.push(hex(view.getUint16(from + 4, true), 4), hex(view.getUint16(from + 6, true), 4));
      const rest = Array.from(bytes.subarray(from + 8, from + 16), (byte) => hex(byte, 2)).join('');
      return [...parts, rest.slice(0, 4), rest.slice(4)].join('-');
    },
    length,
  };
}
