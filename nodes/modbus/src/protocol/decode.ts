import { bcdOf } from './bcd.ts';
import { bytesOf, fillBytes } from './byte-order.ts';
import { float16Of } from './float16.ts';
import { type ByteOrder, isTextType, type RegisterType, sizeOf } from './register-type.ts';

export interface Encoding {
  type: RegisterType;
  order: ByteOrder;
  /** Value in engineering units = raw × scale + offset. */
  scale: number;
  offset: number;
  /** Of a `bool` in a register: 0 is the lowest bit. Absent: true when the register is not 0. */
  bit?: number;
  /** Of an 8-bit integer; absent: low. */
  half?: 'high' | 'low';
  /** Bytes of a text. */
  textBytes?: number;
}

/** A value, or why the registers hold none. */
export type Decoded =
  | { ok: true; value: number | bigint | boolean | string }
  | { ok: false; code: 'too-short' | 'not-a-number' | 'not-bcd' | 'not-text' };

type NumberType = Exclude<RegisterType, 'bool' | 'int16' | 'uint16' | 'utf8' | 'latin1'>;

/** The bytes of one number in the order of the specification. Values are decoded one at a time, hundreds of thousands a second. */
const scratch = new DataView(new ArrayBuffer(8));

function rawValue(bytes: DataView, type: NumberType, half: Encoding['half']): number | bigint | undefined {
  switch (type) {
    case 'int8':
      return bytes.getInt8(half === 'high' ? 0 : 1);
    case 'uint8':
      return bytes.getUint8(half === 'high' ? 0 : 1);
    case 'int32':
      return bytes.getInt32(0);
    case 'uint32':
      return bytes.getUint32(0);
    case 'int64':
      return bytes.getBigInt64(0);
    case 'uint64':
      return bytes.getBigUint64(0);
    case 'float16':
      return float16Of(bytes.getUint16(0));
    case 'float32':
      return bytes.getFloat32(0);
    case 'float64':
      return bytes.getFloat64(0);
    case 'bcd16':
      return bcdOf(bytes.getUint16(0), 4);
    case 'bcd32':
      return bcdOf(bytes.getUint32(0), 8);
  }
}

/**
 * The value that starts at `words[from]`. A 64-bit integer stays exact (bigint) unless it is scaled. A float that is not
 * finite is no value: devices use NaN to say that they have none. A text ends at its first NUL.
 */
export function decodeRegisters(words: readonly number[], encoding: Encoding, from = 0): Decoded {
  const { type, order, textBytes = 0 } = encoding;
  if (type === 'uint16' || type === 'int16') return wordOf(words[from], encoding);
  const size = sizeOf(type, textBytes);
  if (words.length - from < size) return { ok: false, code: 'too-short' };
  if (isTextType(type)) return textOf(bytesOf(words.slice(from, from + size), order), type, textBytes);
  fillBytes(scratch, words, from, size, order);
  if (type === 'bool') return { ok: true, value: boolOf(scratch.getUint16(0), encoding) };
  const raw = rawValue(scratch, type, encoding.half);
  if (raw === undefined) return { ok: false, code: 'not-bcd' };
  const isPlain = encoding.scale === 1 && encoding.offset === 0;
  if (isPlain && typeof raw === 'bigint') return { ok: true, value: raw };
  // Adding an offset of 0 would turn -0 into 0.
  const value = isPlain ? Number(raw) : Number(raw) * encoding.scale + encoding.offset;
  return Number.isFinite(value) ? { ok: true, value } : { ok: false, code: 'not-a-number' };
}

/** By far the most of all values. */
function wordOf(word: number | undefined, { type, order, scale, offset }: Encoding): Decoded {
  if (word === undefined) return { ok: false, code: 'too-short' };
  const bits = order === 'BADC' || order === 'DCBA' ? ((word & 0xff) << 8) | (word >> 8) : word;
  const raw = type === 'int16' ? (bits << 16) >> 16 : bits;
  const value = scale === 1 && offset === 0 ? raw : raw * scale + offset;
  return Number.isFinite(value) ? { ok: true, value } : { ok: false, code: 'not-a-number' };
}

function boolOf(register: number, { bit }: Encoding): boolean {
  return bit === undefined ? register !== 0 : ((register >> bit) & 1) === 1;
}

function textOf(bytes: DataView<ArrayBuffer>, type: 'utf8' | 'latin1', length: number): Decoded {
  const whole = new Uint8Array(bytes.buffer, 0, length);
  const end = whole.indexOf(0);
  const own = end < 0 ? whole : whole.subarray(0, end);
  if (type === 'latin1') return { ok: true, value: String.fromCharCode(...own) };
  try {
    return { ok: true, value: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(own) };
  } catch {
    return { ok: false, code: 'not-text' };
  }
}
