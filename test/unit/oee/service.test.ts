import assert from 'node:assert/strict';
import { BulkheadError, createManualClock } from '@bulkhead/core';
import type { OeeConfig } from '../../../nodes/oee/src/oee/config.ts';
import { type OeeWindow, samplesOf } from '../../../nodes/oee/src/oee/result.ts';
import { createOeeService, type OeeService } from '../../../nodes/oee/src/oee/service.ts';
import { type OeeState, oeeStatus } from '../../../nodes/oee/src/oee/status.ts';
import { good, settings } from './settings.ts';

const T = 1_700_000_000_000;

function start(changes: Partial<OeeConfig> = {}, note?: unknown, clock = createManualClock(T)) {
  const seen = {
    windows: new Array<OeeWindow>(),
    currents: new Array<OeeWindow>(),
    states: new Array<OeeState>(),
    skipped: 0,
  };
  const service: OeeService = createOeeService(
    { ...settings, closing: 'clock', ...changes },
    {
      clock,
      onWindow: (window) => seen.windows.push(window),
      onCurrent: (window) => seen.currents.push(window),
      onState: (state) => seen.states.push(state),
      onSkipped: (windows) => {
        seen.skipped += windows;
      },
    },
    note,
  );
  return { service, clock, seen };
}

describe('the OEE service', () => {
  it('closes a window by the clock when its machine falls silent, and the next one', () => {
    const { service, clock, seen } = start();
    service.receive({ topic: 'state', payload: 6 });
    clock.advance(11_999);
    assert.equal(seen.windows.length, 0);
    clock.advance(1);
    assert.deepEqual(
      seen.windows.map((window) => [window.start, window.availability]),
      [[T, 100]],
    );
    clock.advance(20_000);
    assert.deepEqual(
      seen.windows.map((window) => window.start),
      [T, T + 10_000, T + 20_000],
    );
    service.stop();
    assert.equal(clock.pending(), 0);
  });

  it('closes a window in the midst of a batch, before the samples that follow', () => {
    const { service, seen } = start({ closing: 'source' });
    const times = [0, 5000, 9999, 10_000, 12_000, 13_000, 22_000];
    service.receive({ payload: times.map((time, total) => good('total', time, total)) });
    assert.deepEqual(
      seen.windows.map(({ total }) => total),
      [2, 3],
    );
    service.stop();
  });

  it('gives a running value as often as it is asked to, and none before the first sample', () => {
    const { service, clock, seen } = start({ currentMs: 1000 });
    clock.advance(3000);
    assert.equal(seen.currents.length, 0);
    service.receive({ topic: 'state', payload: 6 });
    clock.advance(2000);
    assert.deepEqual(
      seen.currents.map((window) => [window.closed, window.runMs]),
      [
        [false, 1000],
        [false, 2000],
      ],
    );
    service.stop();
    assert.equal(clock.pending(), 0);
  });

  it('waits longer than any timer can', () => {
    const { service, clock, seen } = start({ windowMs: 90 * 86_400_000 });
    service.receive({ topic: 'state', payload: 6 });
    clock.advance(90 * 86_400_000 + 2000);
    assert.equal(seen.windows.length, 1);
    service.stop();
  });

  it('goes on with the note of the one before', () => {
    const first = start();
    first.service.receive({ payload: [good('state', T, 6), good('total', T, 5)] });
    first.clock.advance(4000);
    first.service.stop();
    const { service, clock, seen } = start({}, first.service.note(), createManualClock(T + 5000));
    service.receive({ payload: [good('total', T + 6000, 9)] });
    clock.advance(7000);
    assert.deepEqual(
      seen.windows.map((window) => [window.start, window.total, window.unknownMs]),
      [[T, 4, 0]],
    );
    service.stop();
  });

  it('ignores other topics, whatever they carry', () => {
    const { service } = start();
    service.receive({ topic: 'order', payload: { id: 7 } });
    service.stop();
  });

  it('refuses what is no sample and a clock that runs ahead, by name', () => {
    const { service } = start();
    const hasCode = (code: string) => (error: unknown) => error instanceof BulkheadError && error.code === code;
    assert.throws(() => service.receive({ topic: 'state', payload: {} }), hasCode('no-sample'));
    const ahead = { payload: [good('state', T + 90_000_000, 6)] };
    assert.throws(() => service.receive(ahead), hasCode('source-time-ahead'));
    service.stop();
  });

  it('tells when windows were left out', () => {
    const { service, seen } = start({ closing: 'source' });
    service.receive({ payload: [good('state', 0, 6), good('state', T, 6)] });
    assert.ok(seen.skipped > 1_000_000);
    assert.equal(seen.windows.length, 1000);
    service.stop();
  });
});

describe('the status of an OEE node', () => {
  const told = (state: OeeState): string => {
    const { fill, shape, text } = oeeStatus(state, (key, values) => key + (values ? JSON.stringify(values) : ''));
    return `${fill} ${shape} ${text}`;
  };
  const working = { kind: 'working', oee: 83.25, isStateKnown: true, lateSamples: 0 } as const;
  const table: readonly [state: OeeState, told: string][] = [
    [{ kind: 'not-configured' }, 'grey ring oee.status.notConfigured'],
    [{ kind: 'waiting' }, 'yellow ring oee.status.waiting'],
    [working, 'green dot oee.status.figure{"oee":"83.3"}'],
    [{ ...working, oee: null }, 'green dot oee.status.noFigure'],
    [{ ...working, isStateKnown: false }, 'yellow dot oee.status.figure{"oee":"83.3"}, oee.status.unknown'],
    [{ ...working, lateSamples: 2 }, 'yellow dot oee.status.figure{"oee":"83.3"}, oee.status.late{"count":2}'],
  ];
  for (const [state, text] of table) it(`is ${text}`, () => assert.equal(told(state), text));
});

describe('a closed window as samples', () => {
  it('has a sample per figure, bad where unknown and uncertain where flagged', () => {
    const { service, seen } = start({ closing: 'source' });
    service.receive({ payload: [good('state', 0, 6), good('state', 12_000, 6)] });
    service.stop();
    const [window] = seen.windows;
    assert.ok(window !== undefined);
    const samples = samplesOf(window, 'umh.v1.acme._oee.filler');
    const named = (name: string) => samples.find(({ topic }) => topic === `umh.v1.acme._oee.filler.${name}`);
    const common = { sourceTime: 10_000 };
    assert.equal(samples.length, 13);
    assert.deepEqual(named('availability'), {
      topic: 'umh.v1.acme._oee.filler.availability',
      value: 100,
      quality: 'good',
      unit: '%',
      ...common,
    });
    assert.deepEqual(named('total'), {
      topic: 'umh.v1.acme._oee.filler.total',
      value: null,
      quality: 'bad',
      ...common,
    });
    const flagged = samplesOf({ ...window, flags: ['unknown-time'] }, 'umh.v1.acme._oee.filler');
    assert.equal(flagged[0]?.quality, 'uncertain');
  });
});
