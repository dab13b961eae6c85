import { bcdOf } from './bcd.ts';
import { bytesOf } from './byte-order.ts';
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

type NumberType = Exclude<RegisterType, 'bool' | 'utf8' | 'latin1'>;

function rawValue(bytes: DataView, { type, half }: Encoding & { type: NumberType }): number | bigint | undefined {
  const byteAt = half === 'high' ? 0 : 1;
  switch (type) {
    case 'int8':
      return bytes.getInt8(byteAt);
    case 'uint8':
      return bytes.getUint8(byteAt);
    case 'int16':
      return bytes.getInt16(0);
    case 'uint16':
      return bytes.getUint16(0);
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
 * The value that starts at `words[0]`. A 64-bit integer stays exact (bigint) unless it is scaled. A float that is not
 * finite is no value: devices use NaN to say that they have none. A text ends at its first NUL.
 */
export function decodeRegisters(words: readonly number[], encoding: Encoding): Decoded {
  const { type, order, bit, textBytes = 0 } = encoding;
  const size = sizeOf(type, textBytes);
  if (words.length < size) return { ok: false, code: 'too-short' };
  const bytes = bytesOf(words.slice(0, size), order);
  if (isTextType(type)) return textOf(bytes, type, textBytes);
  if (type === 'bool') {
    const register = bytes.getUint16(0);
    return { ok: true, value: bit === undefined ? register !== 0 : ((register >> bit) & 1) === 1 };
  }
  const raw = rawValue(bytes, { ...encoding, type });
  if (raw === undefined) return { ok: false, code: 'not-bcd' };
  const isPlain = encoding.scale === 1 && encoding.offset === 0;
  if (isPlain && typeof raw === 'bigint') return { ok: true, value: raw };
  // Adding an offset of 0 would turn -0 into 0.
  const value = isPlain ? Number(raw) : Number(raw) * encoding.scale + encoding.offset;
  return Number.isFinite(value) ? { ok: true, value } : { ok: false, code: 'not-a-number' };
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
