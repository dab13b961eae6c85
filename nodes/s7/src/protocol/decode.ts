import { fromBcd } from './bcd.ts';
import { type CalendarTime, calendarTime, dateText, isCalendarTime, timeText } from './calendar.ts';
import type { Scalar } from './s7-type.ts';
import { sizeOf } from './s7-type.ts';

export type PlcValue = number | bigint | string | boolean;

/** A value, or why the bytes hold none. */
export type Decoded = { ok: true; value: PlcValue } | { ok: false; code: DecodeFault };
export type DecodeFault = 'too-short' | 'not-a-number' | 'invalid-bcd' | 'invalid-date' | 'invalid-text';

/** Value in engineering units = raw × scale + offset. */
export interface Scaling {
  scale: number;
  offset: number;
}

const good = (value: PlcValue): Decoded => ({ ok: true, value });
const bad = (code: DecodeFault): Decoded => ({ ok: false, code });

/** Steps of an S5TIME in milliseconds, by its bits 12 and 13. */
const TIME_BASES = [10, 100, 1_000, 10_000] as const;
const DAY_MS = 86_400_000;
const DAY_NS = 86_400_000_000_000n;
/** 1990-01-01, from where a DATE counts its days; it ends with 2168-12-31. */
const DATE_EPOCH_MS = 631_152_000_000;
const LAST_DATE = 65_378;
const DTL_YEARS = { first: 1970, last: 2554 };

function s5Time(bits: number): Decoded {
  const count = fromBcd(bits, 3);
  const base = TIME_BASES[(bits >> 12) & 3] ?? 0;
  return count < 0 ? bad('invalid-bcd') : good(count * base);
}

function dateAndTime(view: DataView, at: number): Decoded {
  const digits = Array.from({ length: 8 }, (_, index) => fromBcd(view.getUint8(at + index), 2));
  if (digits.includes(-1)) return bad('invalid-bcd');
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, hundredths = 0, last = 0] = digits;
  const milliseconds = hundredths * 10 + Math.floor(last / 10);
  // The last digit is the day of the week, which says nothing new and which some programs leave 0.
  if (last % 10 > 7) return bad('invalid-date');
  return calendar(
    { year: year >= 90 ? 1900 + year : 2000 + year, month, day, hour, minute, second, nanosecond: milliseconds * 1e6 },
    3,
  );
}

function calendar(time: CalendarTime, digits: 3 | 9): Decoded {
  return isCalendarTime(time) ? good(timeText(time, digits)) : bad('invalid-date');
}

function dtl(view: DataView, at: number): Decoded {
  const year = view.getUint16(at);
  if (year < DTL_YEARS.first || year > DTL_YEARS.last) return bad('invalid-date');
  const time = {
    year,
    month: view.getUint8(at + 2),
    day: view.getUint8(at + 3),
    hour: view.getUint8(at + 5),
    minute: view.getUint8(at + 6),
    second: view.getUint8(at + 7),
    nanosecond: view.getUint32(at + 8),
  };
  return calendar(time, 9);
}

function ldt(ns: bigint): Decoded {
  if (ns < 0n) return bad('invalid-date');
  return calendar(calendarTime(Number(ns / 1_000_000n), Number(ns % 1_000_000_000n)), 9);
}

/** A text of which more characters are in use than fit, or that was never given a length, is none. */
function string(view: DataView, at: number, length: number): Decoded {
  const [most, used] = [view.getUint8(at), view.getUint8(at + 1)];
  if (most === 0 || most === 255 || used > most) return bad('invalid-text');
  if (used > length) return bad('too-short');
  let text = '';
  for (let index = 0; index < used; index += 1) text += String.fromCharCode(view.getUint8(at + 2 + index));
  return good(text);
}

function wideString(view: DataView, at: number, length: number): Decoded {
  const [most, used] = [view.getUint16(at), view.getUint16(at + 2)];
  if (most === 0 || most > 16_382 || used > most) return bad('invalid-text');
  if (used > length) return bad('too-short');
  let text = '';
  for (let index = 0; index < used; index += 1) text += String.fromCharCode(view.getUint16(at + 4 + 2 * index));
  return text.isWellFormed() ? good(text) : bad('invalid-text');
}

function rawValue(view: DataView, at: number, bit: number, scalar: Scalar): Decoded {
  switch (scalar.type) {
    case 'BOOL':
      return good(((view.getUint8(at) >> bit) & 1) === 1);
    case 'BYTE':
    case 'USINT':
      return good(view.getUint8(at));
    case 'SINT':
      return good(view.getInt8(at));
    case 'WORD':
    case 'UINT':
      return good(view.getUint16(at));
    case 'INT':
      return good(view.getInt16(at));
    case 'DWORD':
    case 'UDINT':
      return good(view.getUint32(at));
    case 'DINT':
    case 'TIME':
      return good(view.getInt32(at));
    case 'LWORD':
    case 'ULINT':
      return good(view.getBigUint64(at));
    case 'LINT':
    case 'LTIME':
      return good(view.getBigInt64(at));
    case 'REAL':
      return good(view.getFloat32(at));
    case 'LREAL':
      return good(view.getFloat64(at));
    case 'CHAR':
      return good(String.fromCharCode(view.getUint8(at)));
    case 'WCHAR': {
      const text = String.fromCharCode(view.getUint16(at));
      return text.isWellFormed() ? good(text) : bad('invalid-text');
    }
    case 'STRING':
      return string(view, at, scalar.length);
    case 'WSTRING':
      return wideString(view, at, scalar.length);
    case 'S5TIME':
    case 'TIMER':
      return s5Time(view.getUint16(at));
    case 'COUNTER': {
      const count = fromBcd(view.getUint16(at), 4);
      return count < 0 || count > 999 ? bad('invalid-bcd') : good(count);
    }
    case 'DATE': {
      const days = view.getUint16(at);
      return days > LAST_DATE ? bad('invalid-date') : good(dateText(calendarTime(DATE_EPOCH_MS + days * DAY_MS)));
    }
    case 'TOD': {
      const ms = view.getUint32(at);
      return ms < DAY_MS ? good(ms) : bad('invalid-date');
    }
    case 'LTOD': {
      const ns = view.getBigUint64(at);
      return ns < DAY_NS ? good(ns) : bad('invalid-date');
    }
    case 'DT':
      return dateAndTime(view, at);
    case 'LDT':
      return ldt(view.getBigInt64(at));
    case 'DTL':
      return dtl(view, at);
  }
}

/**
 * The value at byte `at`. 64-bit integers and nanoseconds stay exact (bigint) unless they are scaled; TIME, S5TIME and
 * timers are milliseconds, dates are text without a time zone. A REAL that is not finite is no value. Never throws.
 */
export function decodeValue(
  view: DataView,
  at: number,
  bit: number,
  scalar: Scalar,
  { scale, offset }: Scaling,
): Decoded {
  if (at < 0 || at + sizeOf(scalar) > view.byteLength) return bad('too-short');
  const raw = rawValue(view, at, bit, scalar);
  if (!raw.ok || typeof raw.value === 'string' || typeof raw.value === 'boolean') return raw;
  if (scale === 1 && offset === 0) {
    return typeof raw.value === 'bigint' || Number.isFinite(raw.value) ? raw : bad('not-a-number');
  }
  const value = Number(raw.value) * scale + offset;
  return Number.isFinite(value) ? good(value) : bad('not-a-number');
}
