import assert from 'node:assert/strict';
import { isInWindow, shiftWindow, windowAt } from '@bulkhead/core';
import fc from 'fast-check';
import { withOeeExamples } from './oee-examples.ts';

const HOUR_MS = 3_600_000;

describe('a time window', () => {
  it('holds its start and not its end', () => {
    const window = { start: 1000, end: 2000 };
    assert.deepEqual(
      [999.999, 1000, 1999.999, 2000].map((time) => isInWindow(time, window)),
      [false, true, true, false],
    );
  });

  it('belongs to every time, and to one only', () => {
    const time = fc.double({ min: -1e13, max: 1e13, noNaN: true });
    fc.assert(
      fc.property(time, fc.integer({ min: 1, max: 100_000_000 }), fc.nat(100_000_000), (at, length, offset) => {
        const window = windowAt(at, length, offset);
        assert.ok(isInWindow(at, window));
        assert.equal(window.end - window.start, length);
        assert.deepEqual(windowAt(window.end, length, offset).start, window.end);
      }),
    );
  });

  it('is aligned to the clock, and to an offset', () => {
    const at = Date.UTC(2026, 0, 5, 7, 59, 59, 999);
    assert.equal(windowAt(at, HOUR_MS).start, Date.UTC(2026, 0, 5, 7));
    assert.equal(windowAt(at, 8 * HOUR_MS, 6 * HOUR_MS).start, Date.UTC(2026, 0, 5, 6));
  });
});

describe('a shift', () => {
  const table: readonly [why: string, date: string, timeZone: string, hours: number][] = [
    ['of eight hours on any other day', '2026-06-01', 'Europe/Berlin', 8],
    ['is an hour short when the clocks go forward', '2026-03-28', 'Europe/Berlin', 7],
    ['is an hour long when they go back', '2026-10-24', 'Europe/Berlin', 9],
    ['is half an hour long where the change is half an hour', '2026-04-04', 'Australia/Lord_Howe', 8.5],
  ];
  for (const [why, date, timeZone, hours] of table) {
    it(why, () => {
      const { start, end } = shiftWindow({ date, start: '22:00', end: '06:00', timeZone });
      assert.equal((end - start) / HOUR_MS, hours);
    });
  }

  it('that ends when it starts lasts a day', () => {
    const { start, end } = shiftWindow({ date: '2026-01-01', start: '06:00', end: '06:00', timeZone: 'UTC' });
    assert.deepEqual([start, end], [Date.UTC(2026, 0, 1, 6), Date.UTC(2026, 0, 2, 6)]);
  });

  it('that starts in the skipped hour starts after it, and in the repeated hour at the first of the two', () => {
    const skipped = shiftWindow({ date: '2026-03-29', start: '02:30', end: '10:00', timeZone: 'Europe/Berlin' });
    assert.equal(skipped.start, Date.parse('2026-03-29T03:30:00+02:00'));
    const repeated = shiftWindow({ date: '2026-10-25', start: '02:30', end: '10:00', timeZone: 'Europe/Berlin' });
    assert.equal(repeated.start, Date.parse('2026-10-25T02:30:00+02:00'));
  });

  it('of a date, a time or a zone that does not exist is refused', () => {
    const shift = { date: '2026-01-01', start: '06:00', end: '14:00', timeZone: 'UTC' };
    assert.throws(() => shiftWindow({ ...shift, date: 'today' }), RangeError);
    assert.throws(() => shiftWindow({ ...shift, end: '25:00' }), RangeError);
    assert.throws(() => shiftWindow({ ...shift, timeZone: 'Europe/Atlantis' }), RangeError);
  });

  withOeeExamples(({ dst, halfOpen }) => {
    for (const { tz, start, end, start_utc, end_utc, minutes } of dst.cases) {
      it(`lasts as long as the shared example says: ${tz}, ${start}`, () => {
        const shift = shiftWindow({
          date: start.slice(0, 10),
          start: start.slice(11, 16),
          end: end.slice(11, 16),
          timeZone: tz,
        });
        assert.deepEqual(shift, { start: Date.parse(start_utc), end: Date.parse(end_utc) });
        assert.equal((shift.end - shift.start) / 60_000, minutes);
      });
    }

    it('holds the events that the shared example says', () => {
      const [start, end] = halfOpen.shift;
      const shift = shiftWindow({ date: '2026-01-05', start, end, timeZone: 'UTC' });
      const held = halfOpen.events.map((time) => isInWindow(Date.parse(`2026-01-05T${time}Z`), shift));
      assert.deepEqual(held, halfOpen.expected_in_shift);
    });
  });
});
