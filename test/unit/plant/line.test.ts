import { deepEqual, equal, notDeepEqual, ok } from 'node:assert/strict';
import { idealCycleMs } from '../../../packages/plant/src/catalogue.ts';
import type { LineEvent } from '../../../packages/plant/src/model/event.ts';
import { createLine, firstCounts } from '../../../packages/plant/src/model/line.ts';

const tenMinutesMs = 600_000;

/** Waveforms are long: keep their ends. */
function brief(event: LineEvent): unknown {
  return event.kind === 'waveform' ? { ...event, values: [event.values[0], event.values.at(-1)] } : event;
}

function run(seed: number, untilMs: number, stepMs = untilMs, speed = 50): LineEvent[] {
  const line = createLine({ seed, speed });
  const events = line.begin();
  for (let at = stepMs; at <= untilMs; at += stepMs) events.push(...line.advance(at));
  return events;
}

describe('the bottling line', () => {
  const events = run(1, tenMinutesMs);

  it('does the same again for the same seed, however its time is cut', () => {
    deepEqual(run(1, 60_000, 7).map(brief), events.filter((event) => event.at <= 60_000 - (60_000 % 7)).map(brief));
  });

  it('does something else for another seed', () => {
    notDeepEqual(run(2, 60_000).map(brief), run(1, 60_000).map(brief));
  });

  it('gives its events in order and in whole milliseconds', () => {
    let last = 0;
    for (const { at } of events) {
      ok(Number.isInteger(at) && at >= last);
      last = at;
    }
  });

  it('changes no tag twice in one millisecond', () => {
    const seen = new Set<string>();
    for (const event of events) {
      if (event.kind !== 'value') continue;
      const key = `${event.tag} ${event.at}`;
      ok(!seen.has(key), key);
      seen.add(key);
    }
  });

  it('wraps the filler counters within ten minutes', () => {
    const shown = (tag: string) =>
      events.flatMap((event) => (event.kind === 'value' && event.tag === tag ? [event.value] : []));
    ok(shown('Filler.TotalCount').includes(65_535) && shown('Filler.TotalCount').includes(0));
    ok(shown('Filler.RejectCount').includes(65_535) && shown('Filler.RejectCount').includes(0));
    const totals = events.flatMap((event) =>
      event.kind === 'count' && event.machine === 'filler' ? [event.total] : [],
    );
    ok((totals.at(-1) ?? 0) > 65_536 && totals.at(0) === firstCounts.filler.total);
  });

  it('has stops, micro-stops, bad and uncertain readings', () => {
    const states = events.flatMap((event) =>
      event.kind === 'state' && event.machine === 'filler' ? [event.state] : [],
    );
    ok(states.includes(9), 'aborted');
    ok(states.includes(5) || states.includes(11), 'suspended or held');
    const qualities = (tag: string) =>
      new Set(events.flatMap((event) => (event.kind === 'value' && event.tag === tag ? [event.quality] : [])));
    deepEqual(qualities('Filler.Temperature'), new Set(['good', 'bad']));
    deepEqual(qualities('Filler.TotalCount'), new Set(['good', 'bad']));
    deepEqual(qualities('Tank.Level'), new Set(['good', 'uncertain']));
  });

  it('counts bottles only in Execute', () => {
    let state = 0;
    let begun = false;
    for (const event of events) {
      if (event.kind === 'state' && event.machine === 'filler') state = event.state;
      if (event.kind !== 'count' || event.machine !== 'filler') continue;
      if (begun) equal(state, 6);
      begun = true;
    }
  });

  it('never runs faster than rated', () => {
    for (const machine of ['filler', 'capper', 'labeller'] as const) {
      const times = events.flatMap((event) => (event.kind === 'count' && event.machine === machine ? [event.at] : []));
      // The first count is the reading at the start.
      for (let index = 2; index < times.length; index += 1) {
        ok((times[index] ?? 0) - (times[index - 1] ?? 0) >= idealCycleMs[machine]);
      }
    }
  });

  it('shows a bad reading without a value and nothing else without one', () => {
    for (const event of events) if (event.kind === 'value') equal(event.value === null, event.quality === 'bad');
  });

  it('gives ten blocks of vibration a second at the speed of the clock', () => {
    const blocks = run(1, 10_000, 10_000, 1).filter((event) => event.kind === 'waveform');
    equal(blocks.length, 100);
    ok(blocks.every((event) => event.values.length === 2000 && event.values.every(Number.isFinite)));
  });

  it('goes on from counts that it is given', () => {
    const line = createLine({ seed: 1, speed: 1, counts: { ...firstCounts, filler: { total: 70_000, rejects: 3 } } });
    const shown = line.begin().find((event) => event.kind === 'value' && event.tag === 'Filler.TotalCount');
    ok(shown?.kind === 'value' && shown.value === 70_000 - 65_536);
  });
});
