import { deepEqual } from 'node:assert/strict';
import type { TruthLine } from '../../../packages/plant/src/log/truth-line.ts';
import { compare } from '../../support/counting/compare.ts';
import type { History, StoredRow } from '../../support/counting/history.ts';
import { type LossWindow, lossWindows } from '../../support/counting/windows.ts';

const signals = {
  opcua: new Map([
    ['wave', 'Filler.Vibration'],
    ['state', 'Filler.State'],
  ]),
  modbus: {
    capper: new Map([
      ['Sequence', 'capper.sequence'],
      ['Torque', 'capper.torque'],
    ]),
    labeller: new Map<string, string>(),
  },
};
const seconds = [1, 2, 3, 4, 5];
const lines: TruthLine[] = seconds.flatMap((seq): TruthLine[] => {
  const at = seq * 1000;
  const shape = { stepUs: 50, count: 2, first: 0, last: 1, sha1: `wave ${seq}`, quality: 'good' } as const;
  return [
    { type: 'waveform', tag: 'Filler.Vibration', seq, sourceTime: at, ...shape },
    { type: 'value', tag: 'Filler.State', seq, sourceTime: at, value: seq, quality: 'good', code: 0 },
    { type: 'read', device: 'capper', seq, at, address: 0, registers: [], values: { Sequence: seq, Torque: null } },
  ];
});

function whole(): StoredRow[] {
  return seconds.flatMap((seq): StoredRow[] => {
    const sourceTime = seq * 1000;
    return [
      { topic: 'wave', sourceTime, value: `wave ${seq}`, quality: 'good', stepUs: 50 },
      { topic: 'state', sourceTime, value: seq, quality: 'good' },
      { topic: 'capper.sequence', sourceTime: sourceTime + 3, value: seq, quality: 'good' },
      { topic: 'capper.torque', sourceTime: sourceTime + 3, value: null, quality: 'bad' },
    ];
  });
}

function resultsOf(rows: readonly StoredRow[]) {
  const history: History = Map.groupBy(rows, ({ topic }) => topic);
  return compare(lines, history, signals).map(({ source, stored, missing, twice, different, unexplained }) => ({
    source,
    stored,
    missing: missing.map(({ name, seq }) => `${name} ${seq}`),
    faults: [...twice, ...different, ...unexplained],
  }));
}

const [opcua, capper, labeller] = resultsOf(whole());

describe('counting', () => {
  it('finds nothing where all is stored once', () => {
    deepEqual(opcua, { source: 'OPC UA', stored: 10, missing: [], faults: [] });
    deepEqual(capper, { source: 'capper', stored: 5, missing: [], faults: [] });
    deepEqual(labeller, { source: 'labeller', stored: 0, missing: [], faults: [] });
  });

  it('finds a change, a waveform, a read and a single register that are missing', () => {
    const lost = ['state 3000', 'wave 4000', 'capper.sequence 2003', 'capper.torque 2003', 'capper.torque 5003'];
    const rows = whole().filter(({ topic, sourceTime }) => !lost.includes(`${topic} ${sourceTime}`));
    deepEqual(
      resultsOf(rows).map(({ missing }) => missing),
      [['Filler.Vibration 4', 'Filler.State 3'], ['capper 2', 'capper.Torque 5'], []],
    );
  });

  it('finds another value, another quality, a second copy and a value that nobody served', () => {
    const rows = whole().map((row) => {
      if (row.topic === 'state' && row.value === 2) return { ...row, value: 7 };
      if (row.topic === 'capper.torque' && row.sourceTime === 4003) return { ...row, quality: 'good' as const };
      return row;
    });
    rows.push(
      { topic: 'state', sourceTime: 2500, value: 2, quality: 'good' },
      { topic: 'capper.sequence', sourceTime: 3500, value: 3, quality: 'good' },
    );
    deepEqual(
      resultsOf(rows).map(({ faults }) => faults),
      [
        ['Filler.State 2: served 2 good, stored 7 good', 'Filler.State at 2500: 2 good'],
        ['capper read 3', 'capper read 4: Torque was null, stored null good', 'capper.Sequence at 3500: 3 good'],
        [],
      ],
    );
  });

  it('explains a row of an outage, and the value that was still true after it, but not a value made up', () => {
    const stale: StoredRow = { topic: 'state', sourceTime: 3100, value: 3, quality: 'stale' };
    const confirmed: StoredRow = { topic: 'state', sourceTime: 3200, value: 3, quality: 'good' };
    const sorted = (rows: StoredRow[]) => rows.toSorted((left, right) => left.sourceTime - right.sourceTime);
    deepEqual(resultsOf(sorted([...whole(), stale, confirmed]))[0]?.faults, []);
    deepEqual(resultsOf(sorted([...whole(), stale, { ...confirmed, value: 4 }]))[0]?.faults, [
      'Filler.State at 3200: 4 good',
    ]);
  });

  it('puts what is missing into one window around its kill, and calls out what is not around one', () => {
    const rows = whole().filter(({ topic, sourceTime }) => topic !== 'wave' || ![3000, 4000].includes(sourceTime));
    const [result] = compare(
      lines,
      Map.groupBy(rows, ({ topic }) => topic),
      signals,
    );
    const windowsOf = (at: number, backAt: number): LossWindow[] =>
      result === undefined ? [] : lossWindows(result, [{ name: 'broker', at, backAt, alsoRestarted: [] }]);
    const window = { source: 'OPC UA', kill: '1 broker', missing: 2, from: 2000, to: 5000 };
    deepEqual(windowsOf(2500, 5500), [{ ...window, isAroundKill: true }]);
    deepEqual(windowsOf(2500, 4500), [{ ...window, isAroundKill: false }]);
    deepEqual(windowsOf(1500, 5500), [{ ...window, isAroundKill: false }]);
    // What was on its way is older than the kill; what the broker held back is not.
    deepEqual(windowsOf(5900, 7000), [{ ...window, isAroundKill: true }]);
    deepEqual(windowsOf(6100, 7000), [{ ...window, kill: 'before any kill', isAroundKill: false }]);
  });
});
