/** Ticks of 100 ns from 1601 to 1970. */
const EPOCH_TICKS = 116_444_736_000_000_000n;
const TICKS_PER_MS = 10_000n;
const text = new TextEncoder();

/** Writes values in the binary encoding (OPC 10000-6, clause 5.2). */
export interface BinaryWriter {
  byte(value: number): void;
  int16(value: number): void;
  int32(value: number): void;
  int64(value: bigint): void;
  float(value: number): void;
  double(value: number): void;
  bytes(value: Uint8Array | null): void;
  string(value: string | null): void;
  dateTime(value: Date): void;
  guid(value: string): void;
  finish(): Uint8Array;
}

export function binaryWriter(): BinaryWriter {
  let buffer = new Uint8Array(256);
  let view = new DataView(buffer.buffer);
  let length = 0;
  const room = (size: number): number => {
    if (length + size > buffer.length) {
      const larger = new Uint8Array(Math.max(buffer.length * 2, length + size));
      larger.set(buffer);
      buffer = larger;
      view = new DataView(buffer.buffer);
    }
    const at = length;
    length += size;
    return at;
  };
  const block = (value: Uint8Array | null): void => {
    const at = room(4);
    view.setInt32(at, value?.length ?? -1, true);
    if (value !== null) {
      const from = room(value.length);
      buffer.set(value, from);
    }
  };
  // `room` may replace the view: it goes first.
  return {
    byte(value) {
      const at = room(1);
      view.setUint8(at, value & 0xff);
    },
    int16(value) {
      const at = room(2);
      view.setInt16(at, value, true);
    },
    int32(value) {
      const at = room(4);
      view.setInt32(at, value, true);
    },
    int64(value) {
      const at = room(8);
      view.setBigInt64(at, value, true);
    },
    float(value) {
      const at = room(4);
      view.setFloat32(at, value, true);
    },
    double(value) {
      const at = room(8);
      view.setFloat64(at, value, true);
    },
    bytes: block,
    string: (value) => block(value === null ? null : text.encode(value)),
    dateTime(value) {
      const at = room(8);
      view.setBigInt64(at, BigInt(value.getTime()) * TICKS_PER_MS + EPOCH_TICKS, true);
    },
    guid(value) {
      const digits = value.replaceAll('-', '');
      const at = room(16);
      view.setUint32(at, Number.parseInt(digits.slice(0, 8), 16), true);
      view.setUint16(at + 4, Number.parseInt(digits.slice(8, 12), 16), true);
      view.setUint16(at + 6, Number.parseInt(digits.slice(12, 16), 16), true);
      for (let index = 0; index < 8; index += 1) {
        view.setUint8(at + 8 + index, Number.parseInt(digits.slice(16 + index * 2, 18 + index * 2), 16));
      }
    },
    finish: () => buffer.slice(0, length),
  };
}
