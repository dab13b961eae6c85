import { type ByteOrder, type RegisterType, sizeOf } from './register-type.ts';

export interface Encoding {
  type: RegisterType;
  order: ByteOrder;
  /** Value in engineering units = raw × scale + offset. */
  scale: number;
  offset: number;
}

/** A value, or why the registers hold none. */
export type Decoded =
  | { ok: true; value: number | bigint | boolean }
  | { ok: false; code: 'too-short' | 'not-a-number' };

function bytesInOrder(words: readonly number[], order: ByteOrder): DataView {
  const bytes = new DataView(new ArrayBuffer(words.length * 2));
  const wordsReversed = order === 'CDAB' || order === 'DCBA';
  const bytesSwapped = order === 'BADC' || order === 'DCBA';
  for (const [index, word] of words.entries()) {
    const at = wordsReversed ? words.length - 1 - index : index;
    bytes.setUint16(at * 2, word, bytesSwapped);
  }
  return bytes;
}

function rawValue(bytes: DataView, type: Exclude<RegisterType, 'bool'>): number | bigint {
  switch (type) {
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
    case 'float32':
      return bytes.getFloat32(0);
    case 'float64':
      return bytes.getFloat64(0);
  }
}

/**
 * The value that starts at `words[0]`. A 64-bit integer stays exact (bigint) unless it is scaled. A float that is not
 * finite is no value: devices use NaN to say that they have none.
 */
export function decodeRegisters(words: readonly number[], encoding: Encoding): Decoded {
  const size = sizeOf(encoding.type);
  if (words.length < size) return { ok: false, code: 'too-short' };
  const own = words.slice(0, size);
  if (encoding.type === 'bool') return { ok: true, value: own[0] !== 0 };
  const raw = rawValue(bytesInOrder(own, encoding.order), encoding.type);
  const isPlain = encoding.scale === 1 && encoding.offset === 0;
  if (isPlain && typeof raw === 'bigint') return { ok: true, value: raw };
  // Adding an offset of 0 would turn -0 into 0.
  const value = isPlain ? Number(raw) : Number(raw) * encoding.scale + encoding.offset;
  return Number.isFinite(value) ? { ok: true, value } : { ok: false, code: 'not-a-number' };
}
