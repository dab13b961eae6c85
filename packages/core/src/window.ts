/** A span of time, half-open: `start` lies in it, `end` is the start of the next. Epoch milliseconds UTC. */
export interface TimeWindow {
  start: number;
  end: number;
}

export function isInWindow(time: number, window: TimeWindow): boolean {
  return time >= window.start && time < window.end;
}

/**
 * The window of `lengthMs` that holds `time`, with window borders at `offsetMs` plus whole multiples of the length.
 * Both are whole milliseconds; `time` may have a fraction.
 */
export function windowAt(time: number, lengthMs: number, offsetMs = 0): TimeWindow {
  // Rounded down first: the quotient of a time a hair before a border would round up to the border.
  const start = Math.floor((Math.floor(time) - offsetMs) / lengthMs) * lengthMs + offsetMs;
  return { start, end: start + lengthMs };
}

export interface Shift {
  /** Local calendar day on which the shift starts, `YYYY-MM-DD`. */
  date: string;
  /** Local wall-clock times, `HH:MM`. An end at or before the start lies on the next day. */
  start: string;
  end: string;
  /** IANA name, for example `Europe/Berlin`. */
  timeZone: string;
}

/**
 * A shift as a span of real time. Its planned time is `end - start`: 7 or 9 hours on the nights when a zone changes
 * between winter and summer time.
 * @throws RangeError for a date, time or zone that does not exist.
 */
export function shiftWindow(shift: Shift): TimeWindow {
  const start = wallClock(shift.date, shift.start);
  const sameDayEnd = wallClock(shift.date, shift.end);
  const end = sameDayEnd > start ? sameDayEnd : sameDayEnd + DAY_MS;
  return { start: zonedToUtc(start, shift.timeZone), end: zonedToUtc(end, shift.timeZone) };
}

const DAY_MS = 86_400_000;

/** The wall clock reading as if it were UTC. */
function wallClock(date: string, time: string): number {
  const reading = Date.parse(`${date}T${time}:00Z`);
  if (Number.isNaN(reading)) throw new RangeError(`${date} ${time} is not a date and time like 2026-03-28 22:00`);
  return reading;
}

/**
 * The instant at which the clocks of a zone show a reading. A reading that occurs twice is the first of the two; one
 * that is skipped is read with the offset that held before the gap, so it lies after it.
 */
function zonedToUtc(reading: number, timeZone: string): number {
  const before = reading - offsetAt(reading - DAY_MS, timeZone);
  if (before + offsetAt(before, timeZone) === reading) return before;
  const after = reading - offsetAt(reading + DAY_MS, timeZone);
  return after + offsetAt(after, timeZone) === reading ? after : before;
}

/** Milliseconds that the wall clock of a zone is ahead of UTC at an instant. */
function offsetAt(instant: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(instant);
  const read = (type: Intl.DateTimeFormatPartTypes): number =>
    Number(parts.find((part) => part.type === type)?.value ?? Number.NaN);
  const shown = Date.UTC(read('year'), read('month') - 1, read('day'), read('hour'), read('minute'), read('second'));
  return shown - Math.floor(instant / 1000) * 1000;
}
