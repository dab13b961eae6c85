import { toBcd } from './bcd.ts';
import { type CalendarTime, dayNumber, parseCalendarTime, weekdayOf } from './calendar.ts';
import { type Encoded, refuse, view } from './encoded.ts';

const DAYS_TO_1990 = 7_305;
const LAST_LDT = 2n ** 63n - 1n;

/** The bytes of a date, with a time where the type has one. */
export function encodeCalendar(value: unknown, type: 'DATE' | 'DT' | 'LDT' | 'DTL'): Encoded {
  const time = parseCalendarTime(value);
  if (time === undefined) {
    return refuse(
      'wrong-type',
      'must be a date such as 2026-01-31 or 2026-01-31T12:34:56.789, or milliseconds since 1970',
    );
  }
  const limits = { DATE: [1990, 2168], DT: [1990, 2089], LDT: [1970, 2262], DTL: [1970, 2554] } as const;
  const [first, last] = limits[type];
  if (time.year < first || time.year > last)
    return refuse('out-of-range', `a ${type} is in the years ${first} to ${last}`);
  switch (type) {
    case 'DATE':
      return view(2, (at) => at.setUint16(0, dayNumber(time) - DAYS_TO_1990));
    case 'LDT': {
      const ns = nanosecondsOf(time);
      if (ns > LAST_LDT) return refuse('out-of-range', 'an LDT ends with 2262-04-11T23:47:16.854775807');
      return view(8, (at) => at.setBigUint64(0, ns));
    }
    case 'DTL':
      return view(12, (at) => putDtl(at, time));
    case 'DT':
      return view(8, (at) => putDateAndTime(at, time));
  }
}

function nanosecondsOf(time: CalendarTime): bigint {
  const seconds = dayNumber(time) * 86_400 + time.hour * 3_600 + time.minute * 60 + time.second;
  return BigInt(seconds) * 1_000_000_000n + BigInt(time.nanosecond);
}

function putDtl(at: DataView, time: CalendarTime): void {
  at.setUint16(0, time.year);
  for (const [index, part] of [time.month, time.day, weekdayOf(time), time.hour, time.minute, time.second].entries()) {
    at.setUint8(2 + index, part);
  }
  at.setUint32(8, time.nanosecond);
}

function putDateAndTime(at: DataView, time: CalendarTime): void {
  const ms = Math.floor(time.nanosecond / 1e6);
  const parts = [time.year % 100, time.month, time.day, time.hour, time.minute, time.second, Math.floor(ms / 10)];
  for (const [index, part] of parts.entries()) at.setUint8(index, toBcd(part));
  at.setUint8(7, ((ms % 10) << 4) | weekdayOf(time));
}
