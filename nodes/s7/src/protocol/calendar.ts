/** A date and time of the PLC. It has no time zone: the PLC's own setting says what it means. */
export interface CalendarTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  nanosecond: number;
}

const pad = (value: number, digits: number): string => String(value).padStart(digits, '0');

export function isCalendarTime(time: CalendarTime): boolean {
  const { year, month, day, hour, minute, second, nanosecond } = time;
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return false;
  if (nanosecond < 0 || nanosecond > 999_999_999) return false;
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/** Days since 1970-01-01. */
export function dayNumber({ year, month, day }: Pick<CalendarTime, 'year' | 'month' | 'day'>): number {
  return Date.UTC(year, month - 1, day) / 86_400_000;
}

export function calendarTime(epochMs: number, nanosecond = (((epochMs % 1000) + 1000) % 1000) * 1e6): CalendarTime {
  const date = new Date(epochMs);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    nanosecond: Math.floor(nanosecond),
  };
}

/** 1 is Sunday. */
export function weekdayOf(time: CalendarTime): number {
  return new Date(Date.UTC(time.year, time.month - 1, time.day)).getUTCDay() + 1;
}

/** `2026-01-31` */
export function dateText({ year, month, day }: Pick<CalendarTime, 'year' | 'month' | 'day'>): string {
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

/** `2026-01-31T12:34:56.789`, with 3 or 9 digits of a second. */
export function timeText(time: CalendarTime, digits: 3 | 9): string {
  const fraction = pad(time.nanosecond, 9).slice(0, digits);
  return `${dateText(time)}T${pad(time.hour, 2)}:${pad(time.minute, 2)}:${pad(time.second, 2)}.${fraction}`;
}

const TEXT = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?Z?)?$/;

/** Reads what `dateText` and `timeText` write; with a number, milliseconds since 1970. */
export function parseCalendarTime(value: unknown): CalendarTime | undefined {
  if (typeof value === 'number' || value instanceof Date) {
    const ms = Number(value);
    return Math.abs(ms) <= 8.64e15 ? calendarTime(Math.floor(ms)) : undefined;
  }
  const match = typeof value === 'string' ? TEXT.exec(value.trim()) : null;
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const time = { year, month, day, hour, minute, second, nanosecond: Number((match[7] ?? '').padEnd(9, '0')) };
  return isCalendarTime(time) ? time : undefined;
}
