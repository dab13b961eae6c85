import assert from 'node:assert/strict';
import { type StateValue, type TimelineEntry, timelineOf, timesOf } from '../../../nodes/oee/src/oee/timeline.ts';

const rules = { runningStates: new Set(['6']), plannedStates: new Set(['2']), microStopMs: 100 };
const window = { start: 1000, end: 2000 };

function told(entries: readonly [time: number, state: StateValue][], knownUntil = 3000): string {
  return timelineOf(
    entries.map(([time, state]) => ({ time, state })),
    window,
    knownUntil,
    rules,
  )
    .map(({ start, end, state, kind }: TimelineEntry) => `${start}-${end} ${state} ${kind}`)
    .join(', ');
}

describe('the state timeline of a window from 1000 to 2000, micro-stops below 100', () => {
  const table: readonly [why: string, entries: readonly [number, StateValue][], timeline: string][] = [
    ['knows nothing without a state', [], '1000-2000 null unknown'],
    ['knows nothing before the first state', [[1400, 6]], '1000-1400 null unknown, 1400-2000 6 run'],
    ['holds a state from before it', [[10, 6]], '1000-2000 6 run'],
    [
      'takes the later of two from before it',
      [
        [10, 5],
        [20, 6],
      ],
      '1000-2000 6 run',
    ],
    [
      'cuts a state at its start',
      [
        [900, 5],
        [1200, 6],
      ],
      '1000-1200 5 stop, 1200-2000 6 run',
    ],
    [
      'cuts a state at its end',
      [
        [0, 6],
        [1900, 5],
        [2100, 6],
      ],
      '1000-1900 6 run, 1900-2000 5 stop',
    ],
    [
      'does not hold its own end',
      [
        [0, 6],
        [2000, 5],
        [2001, 6],
      ],
      '1000-2000 6 run',
    ],
    [
      'holds its own start',
      [
        [0, 6],
        [1000, 5],
      ],
      '1000-2000 5 stop',
    ],
    [
      'counts a stop below the limit as micro',
      [
        [0, 6],
        [1500, 5],
        [1599, 6],
      ],
      '1000-1500 6 run, 1500-1599 5 micro-stop, 1599-2000 6 run',
    ],
    [
      'counts a stop of the limit as a stop',
      [
        [0, 6],
        [1500, 5],
        [1600, 6],
      ],
      '1000-1500 6 run, 1500-1600 5 stop, 1600-2000 6 run',
    ],
    [
      'judges a stop by its whole length where its start cuts it',
      [
        [0, 6],
        [950, 5],
        [1050, 6],
      ],
      '1000-1050 5 stop, 1050-2000 6 run',
    ],
    [
      'judges a stop by its whole length where its end cuts it',
      [
        [0, 6],
        [1950, 5],
        [2050, 6],
      ],
      '1000-1950 6 run, 1950-2000 5 stop',
    ],
    [
      'calls a cut stop micro when all of it is',
      [
        [0, 6],
        [1950, 5],
        [2049, 6],
      ],
      '1000-1950 6 run, 1950-2000 5 micro-stop',
    ],
    [
      'takes neighbouring stop states as one stop',
      [
        [0, 6],
        [1500, 11],
        [1560, 5],
        [1620, 6],
      ],
      '1000-1500 6 run, 1500-1560 11 stop, 1560-1620 5 stop, 1620-2000 6 run',
    ],
    [
      'ends a stop with unknown time',
      [
        [0, 6],
        [1500, 5],
        [1560, null],
        [1570, 5],
        [1630, 6],
      ],
      '1000-1500 6 run, 1500-1560 5 micro-stop, 1560-1570 null unknown, 1570-1630 5 micro-stop, 1630-2000 6 run',
    ],
    [
      'ends a stop with a planned one',
      [
        [0, 6],
        [1500, 5],
        [1560, 2],
        [1900, 6],
      ],
      '1000-1500 6 run, 1500-1560 5 micro-stop, 1560-1900 2 planned-stop, 1900-2000 6 run',
    ],
    [
      'joins a state that is repeated',
      [
        [0, 6],
        [1300, 6],
        [1500, 6],
      ],
      '1000-2000 6 run',
    ],
    [
      'reads states that are words',
      [
        [0, 'Execute'],
        [1500, 'Held'],
      ],
      '1000-1500 Execute stop, 1500-2000 Held stop',
    ],
  ];
  for (const [why, entries, timeline] of table) it(why, () => assert.equal(told(entries), timeline));

  it('judges a stop that still lasts by what is known of it', () => {
    assert.equal(
      told(
        [
          [0, 6],
          [1990, 5],
        ],
        2050,
      ),
      '1000-1990 6 run, 1990-2000 5 micro-stop',
    );
    assert.equal(
      told(
        [
          [0, 6],
          [1990, 5],
        ],
        2090,
      ),
      '1000-1990 6 run, 1990-2000 5 stop',
    );
  });

  it('adds up to the window, with micro-stops in the run time', () => {
    const entries = [
      [1100, 6],
      [1300, 5],
      [1350, 6],
      [1500, 2],
      [1600, 5],
      [1800, null],
    ] as const;
    const timeline = timelineOf(
      entries.map(([time, state]) => ({ time, state })),
      window,
      3000,
      rules,
    );
    assert.deepEqual(timesOf(timeline), {
      plannedMs: 600,
      runMs: 400,
      stopMs: 200,
      microStopMs: 50,
      plannedStopMs: 100,
      unknownMs: 300,
    });
  });
});
