import { deepEqual, equal, match } from 'node:assert/strict';
import { createManualClock } from '@bulkhead/core';
import { createPlayer, delaysOf, type PlayerOptions } from '../../../packages/plant/src/replay/player.ts';
import { parseRecording, parseTime, type Recording } from '../../../packages/plant/src/replay/recording.ts';

function recordingOf(text: string): Recording {
  const outcome = parseRecording(text);
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.recording;
}

describe('a recording', () => {
  it('is read with semicolons and local time', () => {
    const { columns, rows } = recordingOf(
      'datetime;Flow Rate;Note;P\n2020-02-08 13:30:47;1.5;ok;-2\n2020-02-08 13:30:48;;ok;1e3\n',
    );
    deepEqual(columns, ['Flow Rate', 'P']);
    deepEqual(rows, [
      { time: new Date(2020, 1, 8, 13, 30, 47).getTime(), values: [1.5, -2] },
      { time: new Date(2020, 1, 8, 13, 30, 48).getTime(), values: [null, 1000] },
    ]);
  });

  it('is read with commas, quotes, a byte order mark and epoch milliseconds', () => {
    const { columns, rows } = recordingOf('\ufefft,"a;b",c\r\n1600000000000,1,2\r\n1600000000100,3,4\r\n');
    deepEqual(columns, ['a;b', 'c']);
    deepEqual(
      rows.map(({ time }) => time),
      [1_600_000_000_000, 1_600_000_000_100],
    );
  });

  for (const [text, time] of [
    ['2020-02-08T13:30:47Z', Date.UTC(2020, 1, 8, 13, 30, 47)],
    ['2020-02-08T13:30:47.25+01:00', Date.UTC(2020, 1, 8, 12, 30, 47, 250)],
    ['2020-02-08', new Date(2020, 1, 8).getTime()],
    ['1581168647000', 1_581_168_647_000],
    ['yesterday', undefined],
    ['', undefined],
  ] as const) {
    it(`takes "${text}" as ${time === undefined ? 'no time' : 'a time'}`, () => equal(parseTime(text), time));
  }

  for (const [name, text, expected] of [
    ['nothing', '', /no rows/],
    ['a header alone', 'a,b\n', /no rows/],
    ['no numeric column', 't,b\n1,x\n', /numeric/],
    ['a row without a time', 't,b\n1,2\nsoon,3\n', /row 1: "soon"/],
    ['rows of unequal length', 't,b\n1,2\n1,2,3\n', /./],
    ['a column name twice', 't,b,b\n1,2,3\n', /unique/],
  ] as const) {
    it(`with ${name} is refused`, () => {
      const outcome = parseRecording(text);
      equal(outcome.ok, false);
      if (!outcome.ok) match(outcome.message, expected);
    });
  }
});

describe('playing a recording', () => {
  const recording = recordingOf('t,v\n0,1\n1000,2\n2000,3\n3000,4\n100000,5\n');

  function play(options: Partial<PlayerOptions>) {
    const clock = createManualClock();
    const shown: [number, number][] = [];
    const player = createPlayer(
      recording,
      { speed: 10, waitFor: 'nobody', holdUntilRead: false, settleMs: 0, ...options },
      (_row, index) => shown.push([clock.now(), index]),
      () => shown.push([clock.now(), -1]),
      clock,
    );
    player.start();
    return { clock, shown, player };
  }

  it('waits no more than ten usual steps for a row', () => {
    deepEqual(delaysOf(recording.rows), [0, 1000, 1000, 1000, 10_000]);
  });

  it('shows each row when it is due and is done after the last', () => {
    const { clock, shown } = play({});
    clock.advance(10_000);
    deepEqual(shown, [
      [0, 0],
      [100, 1],
      [200, 2],
      [300, 3],
      [1300, 4],
      [2300, -1],
    ]);
  });

  it('stays at row 0 until a client has come and settled', () => {
    const { clock, shown, player } = play({ waitFor: 'both', settleMs: 500 });
    clock.advance(5000);
    player.monitored();
    clock.advance(5000);
    equal(shown.length, 1);
    player.read();
    clock.advance(600);
    deepEqual(shown, [
      [0, 0],
      [10_600, 1],
    ]);
  });

  it('holds each row until it was read, if asked to', () => {
    const { clock, shown, player } = play({ holdUntilRead: true });
    clock.advance(5000);
    equal(shown.length, 1);
    player.read();
    clock.advance(5000);
    equal(shown.at(-1)?.[1], 1);
    player.read();
    player.read();
    clock.advance(5000);
    equal(shown.at(-1)?.[1], 2);
  });

  it('stays where it is once stopped', () => {
    const { clock, shown, player } = play({});
    clock.advance(150);
    player.stop();
    clock.advance(10_000);
    equal(shown.length, 2);
  });
});
