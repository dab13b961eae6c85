import { toBcd } from './bcd.ts';
import type { Scaling } from './decode.ts';
import { encodeCalendar } from './encode-calendar.ts';
import { type Encoded, refuse, view } from './encoded.ts';
import { type Scalar, scalarText, sizeOf } from './s7-type.ts';

type Bits = 8 | 16 | 32 | 64;
const INTEGERS: Readonly<Record<string, { bits: Bits; isSigned: boolean }>> = {
  BYTE: { bits: 8, isSigned: false },
  USINT: { bits: 8, isSigned: false },
  SINT: { bits: 8, isSigned: true },
  WORD: { bits: 16, isSigned: false },
  UINT: { bits: 16, isSigned: false },
  INT: { bits: 16, isSigned: true },
  DWORD: { bits: 32, isSigned: false },
  UDINT: { bits: 32, isSigned: false },
  DINT: { bits: 32, isSigned: true },
  TIME: { bits: 32, isSigned: true },
  LWORD: { bits: 64, isSigned: false },
  ULINT: { bits: 64, isSigned: false },
  LINT: { bits: 64, isSigned: true },
  LTIME: { bits: 64, isSigned: true },
};

const FLOAT32_MAX = 3.4028234663852886e38;
const DAY_MS = 86_400_000;

/** A whole number: as it is, or from a scaled value the nearest. */
function wholeOf(value: unknown, { scale, offset }: Scaling, isWide: boolean): bigint | string {
  if (typeof value === 'bigint' && scale === 1 && offset === 0) return value;
  // A message that came as JSON brings a 64-bit integer as text.
  if (isWide && typeof value === 'string' && /^-?\d{1,20}$/.test(value) && scale === 1 && offset === 0)
    return BigInt(value);
  if (typeof value !== 'number' && typeof value !== 'bigint') return `must be a number, not ${typeof value}`;
  const raw = (Number(value) - offset) / scale;
  if (!Number.isFinite(raw)) return 'is not a finite number';
  const isScaled = scale !== 1 || offset !== 0;
  if (!isScaled && !Number.isInteger(raw)) return `${raw} is not a whole number`;
  if (isWide && !Number.isSafeInteger(Math.round(raw))) return `${raw} is not exact, give a BigInt or decimal text`;
  return BigInt(Math.round(raw));
}

function integer(
  value: unknown,
  scaling: Scaling,
  type: string,
  { bits, isSigned }: { bits: Bits; isSigned: boolean },
): Encoded {
  const whole = wholeOf(value, scaling, bits === 64);
  if (typeof whole === 'string') return refuse('wrong-type', whole);
  const [low, high] = isSigned
    ? [-(1n << BigInt(bits - 1)), (1n << BigInt(bits - 1)) - 1n]
    : [0n, (1n << BigInt(bits)) - 1n];
  if (whole < low || whole > high) return refuse('out-of-range', `${whole} does not fit in ${type}, ${low} to ${high}`);
  return view(bits / 8, (at) => {
    const word = BigInt.asUintN(64, whole);
    if (bits === 64) at.setBigUint64(0, word);
    else if (bits === 32) at.setUint32(0, Number(word & 0xffff_ffffn));
    else if (bits === 16) at.setUint16(0, Number(word & 0xffffn));
    else at.setUint8(0, Number(word & 0xffn));
  });
}

function float(value: unknown, { scale, offset }: Scaling, isDouble: boolean): Encoded {
  if (typeof value !== 'number') return refuse('wrong-type', `must be a number, not ${typeof value}`);
  const raw = scale === 1 && offset === 0 ? value : (value - offset) / scale;
  if (!Number.isFinite(raw)) return refuse('out-of-range', 'is not a finite number');
  if (isDouble) return view(8, (at) => at.setFloat64(0, raw));
  if (Math.abs(raw) > FLOAT32_MAX) return refuse('out-of-range', `${raw} does not fit in REAL`);
  return view(4, (at) => at.setFloat32(0, raw));
}

function text(value: unknown, scalar: Scalar): Encoded {
  if (typeof value !== 'string') return refuse('wrong-type', `must be text, not ${typeof value}`);
  const isWide = scalar.type === 'WSTRING' || scalar.type === 'WCHAR';
  const isSingle = scalar.type === 'CHAR' || scalar.type === 'WCHAR';
  const most = 'length' in scalar ? scalar.length : 1;
  if (value.length > most || (isSingle && value.length !== 1)) {
    return refuse('out-of-range', `${value.length} characters do not fit in ${scalarText(scalar)}`);
  }
  if (isWide ? !value.isWellFormed() : /[^\0-\u00ff]/.test(value)) {
    return refuse('out-of-range', `has a character that ${scalar.type} cannot hold`);
  }
  const each = isWide ? 2 : 1;
  const head = isSingle ? 0 : each;
  const encoded = view(head + value.length * each, (at) => {
    if (head === 1) at.setUint8(0, value.length);
    else if (head === 2) at.setUint16(0, value.length);
    for (let index = 0; index < value.length; index += 1) {
      if (isWide) at.setUint16(head + index * 2, value.charCodeAt(index));
      else at.setUint8(head + index, value.charCodeAt(index));
    }
  });
  return encoded.ok ? { ...encoded, skip: head } : encoded;
}

function s5Time(value: unknown, scaling: Scaling): Encoded {
  const whole = wholeOf(value, scaling, false);
  if (typeof whole === 'string') return refuse('wrong-type', whole);
  const ms = Number(whole);
  for (const [base, step] of [10, 100, 1_000, 10_000].entries()) {
    const count = ms / step;
    if (ms >= 0 && Number.isInteger(count) && count <= 999)
      return view(2, (at) => at.setUint16(0, (base << 12) | toBcd(count)));
  }
  return refuse(
    'out-of-range',
    `${ms} ms is no S5TIME: 0 to 9990 in steps of 10, to 99,900 of 100, to 999,000 of 1,000, to 9,990,000 of 10,000`,
  );
}

function count(value: unknown, scaling: Scaling): Encoded {
  const whole = wholeOf(value, scaling, false);
  if (typeof whole === 'string') return refuse('wrong-type', whole);
  if (whole < 0n || whole > 999n) return refuse('out-of-range', `${whole} is no count from 0 to 999`);
  return view(2, (at) => at.setUint16(0, toBcd(Number(whole))));
}

function timeOfDay(value: unknown, scaling: Scaling, isNanoseconds: boolean): Encoded {
  const whole = wholeOf(value, scaling, isNanoseconds);
  if (typeof whole === 'string') return refuse('wrong-type', whole);
  const day = isNanoseconds ? BigInt(DAY_MS) * 1_000_000n : BigInt(DAY_MS);
  if (whole < 0n || whole >= day) return refuse('out-of-range', `${whole} is no time of day`);
  return isNanoseconds ? view(8, (at) => at.setBigUint64(0, whole)) : view(4, (at) => at.setUint32(0, Number(whole)));
}

/** The bytes of a value in engineering units, or why it cannot be written. Nothing is rounded to fit or cut off. Never throws. */
export function encodeValue(value: unknown, scalar: Scalar, scaling: Scaling): Encoded {
  const whole = INTEGERS[scalar.type];
  if (whole !== undefined) return integer(value, scaling, scalar.type, whole);
  switch (scalar.type) {
    case 'BOOL':
      if (value !== true && value !== false && value !== 0 && value !== 1)
        return refuse('wrong-type', 'must be true or false');
      return view(sizeOf(scalar), (at) => at.setUint8(0, value === true || value === 1 ? 1 : 0));
    case 'REAL':
      return float(value, scaling, false);
    case 'LREAL':
      return float(value, scaling, true);
    case 'CHAR':
    case 'WCHAR':
    case 'STRING':
    case 'WSTRING':
      return text(value, scalar);
    case 'S5TIME':
    case 'TIMER':
      return s5Time(value, scaling);
    case 'COUNTER':
      return count(value, scaling);
    case 'TOD':
      return timeOfDay(value, scaling, false);
    case 'LTOD':
      return timeOfDay(value, scaling, true);
    case 'DATE':
    case 'DT':
    case 'LDT':
    case 'DTL':
      return encodeCalendar(value, scalar.type);
    default:
      return refuse('wrong-type', `${scalar.type} cannot be written`);
  }
}
