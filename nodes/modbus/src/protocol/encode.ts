import { bcdBits } from './bcd.ts';
import { wordsOf } from './byte-order.ts';
import type { Encoding } from './decode.ts';
import { float16Bits } from './float16.ts';
import { isTextType, type RegisterType, sizeOf } from './register-type.ts';

/** The registers of a value, which bits of them it occupies, or why it cannot be written. */
export type Encoded =
  | { ok: true; words: number[] /** Of a part of one register: the bits that are the value's own. */; mask?: number }
  | EncodeFailure;

export interface EncodeFailure {
  ok: false;
  code: 'wrong-type' | 'out-of-range';
  reason: string;
}

type IntegerType = 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'int64' | 'uint64';
const INTEGER_BITS: Readonly<Partial<Record<RegisterType, number>>> = {
  int8: 8,
  uint8: 8,
  int16: 16,
  uint16: 16,
  int32: 32,
  uint32: 32,
  int64: 64,
  uint64: 64,
};

/** What `decodeRegisters` would read as `value`. Nothing is rounded into range: what does not fit is refused. */
export function encodeRegisters(value: unknown, encoding: Encoding): Encoded {
  const { type, order } = encoding;
  if (isTextType(type)) return textWords(value, { ...encoding, type });
  if (type === 'bool') return boolWords(value, encoding);
  if (typeof value !== 'number' && typeof value !== 'bigint')
    return refused(`a ${type} needs a number, not ${shown(value)}`);
  if (typeof value === 'number' && !Number.isFinite(value))
    return refused(`${value} cannot be written as ${type}`, 'out-of-range');
  const isPlain = encoding.scale === 1 && encoding.offset === 0;
  // What is scaled goes to the nearest step of the register: that is the resolution the device has.
  const exact = isPlain ? value : (Number(value) - encoding.offset) / encoding.scale;
  const raw = isPlain || isFloat(type) ? exact : Math.round(Number(exact));
  const bytes = new DataView(new ArrayBuffer(sizeOf(type) * 2));
  switch (type) {
    case 'float16':
      bytes.setUint16(0, float16Bits(Number(raw)));
      if (!Number.isFinite(Number(raw)) || Math.abs(Number(raw)) >= 65_520) return beyond(value, type);
      break;
    case 'float32':
      if (!Number.isFinite(Math.fround(Number(raw)))) return beyond(value, type);
      bytes.setFloat32(0, Number(raw));
      break;
    case 'float64':
      bytes.setFloat64(0, Number(raw));
      break;
    case 'bcd16':
    case 'bcd32': {
      const bits = bcdBits(Number(raw), type === 'bcd16' ? 4 : 8);
      if (bits === undefined) return beyond(value, type);
      if (type === 'bcd16') bytes.setUint16(0, bits);
      else bytes.setUint32(0, bits);
      break;
    }
    default:
      return integerWords(raw, value, { ...encoding, type }, bytes);
  }
  return { ok: true, words: wordsOf(new Uint8Array(bytes.buffer), order) };
}

function integerWords(
  raw: number | bigint,
  value: number | bigint,
  { type, order, half = 'low' }: Encoding & { type: IntegerType },
  bytes: DataView<ArrayBuffer>,
): Encoded {
  const whole = typeof raw === 'bigint' ? raw : wholeOf(raw);
  if (whole === undefined) return refused(`${value} is not a whole number, a ${type} holds no other`);
  const bits = INTEGER_BITS[type] ?? 16;
  const isFit = type.startsWith('u') ? BigInt.asUintN(bits, whole) === whole : BigInt.asIntN(bits, whole) === whole;
  if (!isFit) return beyond(value, type);
  if (bits === 8) {
    const byte = Number(BigInt.asUintN(8, whole));
    bytes.setUint8(half === 'high' ? 0 : 1, byte);
    const words = wordsOf(new Uint8Array(bytes.buffer), order);
    const isUpper = (half === 'high') !== (order === 'BADC' || order === 'DCBA');
    return { ok: true, words, mask: isUpper ? 0xff00 : 0x00ff };
  }
  if (bits === 16) bytes.setUint16(0, Number(BigInt.asUintN(16, whole)));
  else if (bits === 32) bytes.setUint32(0, Number(BigInt.asUintN(32, whole)));
  else bytes.setBigUint64(0, BigInt.asUintN(64, whole));
  return { ok: true, words: wordsOf(new Uint8Array(bytes.buffer), order) };
}

function boolWords(value: unknown, { bit, order }: Encoding): Encoded {
  if (typeof value !== 'boolean' && value !== 0 && value !== 1)
    return refused(`a bool needs true or false, not ${shown(value)}`);
  const isOn = value === true || value === 1;
  if (bit === undefined) return { ok: true, words: wordsOf(new Uint8Array([0, isOn ? 1 : 0]), order) };
  const place = 1 << bit;
  const bytesOfPlace = new Uint8Array([place >> 8, place & 0xff]);
  const [mask = 0] = wordsOf(bytesOfPlace, order);
  return { ok: true, words: [isOn ? mask : 0], mask };
}

function textWords(value: unknown, { type, order, textBytes = 0 }: Encoding & { type: 'utf8' | 'latin1' }): Encoded {
  if (typeof value !== 'string') return refused(`a text is needed, not ${shown(value)}`);
  if (type === 'latin1' && /[^\u0000-\u00ff]/.test(value)) return refused(`"${value}" has letters that latin1 has not`);
  const own =
    type === 'utf8' ? new TextEncoder().encode(value) : Uint8Array.from(value, (letter) => letter.charCodeAt(0));
  if (own.length > textBytes)
    return refused(`"${value}" takes ${own.length} bytes, there are ${textBytes}`, 'out-of-range');
  if (own.includes(0)) return refused('a text ends at its first NUL, so it cannot hold one');
  const bytes = new Uint8Array(textBytes);
  bytes.set(own);
  return { ok: true, words: wordsOf(bytes, order) };
}

function isFloat(type: RegisterType): boolean {
  return type === 'float16' || type === 'float32' || type === 'float64';
}

function wholeOf(raw: number): bigint | undefined {
  return Number.isInteger(raw) ? BigInt(raw) : undefined;
}

function beyond(value: number | bigint, type: RegisterType): Encoded {
  return refused(`${value} is beyond what a ${type} holds`, 'out-of-range');
}

function refused(reason: string, code: EncodeFailure['code'] = 'wrong-type'): EncodeFailure {
  return { ok: false, code, reason };
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : value === null ? 'null' : typeof value;
}
