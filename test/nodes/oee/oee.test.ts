import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isRecord, type Sample } from '@bulkhead/core';
import type { NodeMessageInFlow } from 'node-red';
import * as v from 'valibot';
import { type RunningFlow, startFlow } from '../../support/flow.ts';
import { until } from '../../support/until.ts';

const oeeNode = {
  id: 'oee',
  type: 'oee',
  z: 'tab',
  name: 'filler',
  version: 1,
  stateTopic: 'umh.v1.a._raw.state',
  runningStates: '6, Execute',
  plannedStates: '2',
  totalTopic: 'umh.v1.a._raw.total',
  secondCounter: 'reject',
  secondTopic: 'umh.v1.a._raw.reject',
  counterWidth: '16',
  maxStep: 1000,
  idealCycleS: 1,
  windowLength: 10,
  windowUnit: 's',
  windowOffsetMin: 0,
  microStopS: 1,
  graceS: 2,
  closing: 'source',
  currentS: 0,
  resultTopic: 'umh.v1.a._oee',
  wires: [['windows'], ['currents'], ['samples']],
};
const rest = [
  { id: 'tab', type: 'tab', label: 'test' },
  { id: 'windows', type: 'helper', z: 'tab' },
  { id: 'currents', type: 'helper', z: 'tab' },
  { id: 'samples', type: 'helper', z: 'tab' },
  { id: 'errors', type: 'helper', z: 'tab' },
  { id: 'catch', type: 'catch', z: 'tab', scope: null, uncaught: false, wires: [['errors']] },
];

const T = 1_700_000_000_000;

function sample(name: string, atMs: number, value: Sample['value'], quality: Sample['quality'] = 'good'): Sample {
  return { topic: `umh.v1.a._raw.${name}`, value, quality, sourceTime: T + atMs };
}

const history: readonly Sample[] = [
  sample('state', 0, 6),
  sample('total', 0, 65_530),
  sample('reject', 0, 3),
  sample('total', 1000, 65_535),
  sample('state', 3000, 11),
  sample('total', 2000, 1),
  sample('total', 2500, null, 'bad'),
  sample('state', 3400, 6),
  sample('total', 4000, 2),
  sample('state', 5000, 9),
  sample('state', 7000, 6),
  sample('reject', 8000, 4),
  sample('total', 9000, 4),
  sample('total', 10_000, 5),
  sample('state', 12_000, 6),
];

/** 6 s of wrap, a micro-stop of 0.4 s within, a stop of 2 s; 10 pieces, one of them rejected. */
const expected = {
  start: T,
  end: T + 10_000,
  closed: true,
  availability: 80,
  performance: 125,
  quality: 90,
  oee: 90,
  plannedMs: 10_000,
  runMs: 8000,
  stopMs: 2000,
  microStopMs: 400,
  plannedStopMs: 0,
  unknownMs: 0,
  total: 10,
  good: 9,
  reject: 1,
  flags: ['performance-over-100', 'counter-bad'],
  timeline: [
    { start: T, end: T + 3000, state: 6, kind: 'run' },
    { start: T + 3000, end: T + 3400, state: 11, kind: 'micro-stop' },
    { start: T + 3400, end: T + 5000, state: 6, kind: 'run' },
    { start: T + 5000, end: T + 7000, state: 9, kind: 'stop' },
    { start: T + 7000, end: T + 10_000, state: 6, kind: 'run' },
  ],
};

function payloadOf(message: NodeMessageInFlow | undefined): unknown {
  return message?.payload;
}

describe('the node oee', () => {
  let flow: RunningFlow;
  afterEach(() => flow.stop());

  const start = async (changes: object = {}): Promise<void> => {
    flow = await startFlow({ types: ['oee/oee'], flow: [...rest, { ...oeeNode, ...changes }] });
  };
  const arrived = (id: string, count = 1): Promise<boolean> =>
    until(() => flow.received(id).length >= count, { deadlineMs: 10_000, what: `${count} messages at ${id}` });

  it('gives a closed window with every figure and the timeline, from single samples', async () => {
    await start();
    for (const { topic, value, quality, sourceTime } of history) {
      flow.node('oee').receive({ topic, payload: value, tag: { quality, sourceTime } });
    }
    await arrived('windows');
    const [message] = flow.received('windows');
    assert.equal(message?.topic, 'umh.v1.a._oee');
    assert.deepEqual(payloadOf(message), expected);
  });

  it('gives the same from one batch, and the figures as samples', async () => {
    await start();
    flow.node('oee').receive({ payload: history });
    await arrived('samples');
    assert.deepEqual(payloadOf(flow.received('windows')[0]), expected);
    const samples = v.parse(v.array(v.looseObject({ topic: v.string() })), payloadOf(flow.received('samples')[0]));
    assert.deepEqual(
      samples.find(({ topic }) => topic === 'umh.v1.a._oee.availability'),
      { topic: 'umh.v1.a._oee.availability', value: 80, quality: 'uncertain', sourceTime: T + 10_000, unit: '%' },
    );
  });

  it('sends no samples without a topic for them', async () => {
    await start({ resultTopic: '' });
    flow.node('oee').receive({ payload: history });
    await arrived('windows');
    assert.equal(flow.received('windows')[0]?.topic, 'filler');
    assert.equal(flow.received('samples').length, 0);
  });

  it('closes live windows by the clock and gives running values on its second output', async () => {
    await start({ closing: 'clock', windowLength: 1, graceS: 0, microStopS: 0, currentS: 0.05 });
    flow.node('oee').receive({ topic: 'umh.v1.a._raw.state', payload: 'Execute' });
    await arrived('windows', 2);
    await arrived('currents', 2);
    const [, second] = flow.received('windows').map(payloadOf);
    assert.ok(isRecord(second));
    assert.deepEqual([second.availability, second.plannedMs, second.flags], [100, 1000, []]);
    const current = payloadOf(flow.received('currents')[0]);
    assert.ok(isRecord(current));
    assert.equal(current.closed, false);
  });

  it('keeps its open window when it is deployed again', async () => {
    await start();
    const cut = 8;
    flow.node('oee').receive({ payload: history.slice(0, cut) });
    await flow.deploy();
    flow.node('oee').receive({ payload: history.slice(cut) });
    await arrived('windows');
    assert.deepEqual(payloadOf(flow.received('windows')[0]), expected);
  });

  it('gives an error with its code to a Catch node for what is no sample', async () => {
    await start();
    flow.node('oee').receive({ topic: 'umh.v1.a._raw.state', payload: { no: 'sample' } });
    await arrived('errors');
    const error = new Map(Object.entries(flow.received('errors')[0] ?? {})).get('error');
    assert.ok(isRecord(error));
    assert.equal(error.code, 'no-sample');
  });

  it('with a wrong configuration says so and refuses messages', async () => {
    await start({ totalTopic: '' });
    flow.node('oee').receive({ topic: 'umh.v1.a._raw.state', payload: 6 });
    await until(
      () =>
        flow
          .received('errors')
          .some((message) => isRecord(message) && isRecord(message.error) && message.error.code === 'invalid-config'),
      { deadlineMs: 5000, what: 'the error' },
    );
  });
});

describe('the example flow of the node oee', () => {
  it('is one that imports: every node has a tab, and every wire an end', () => {
    const file = path.resolve(import.meta.dirname, '../../../nodes/oee/examples/oee-of-a-simulated-machine.json');
    const nodes = v.parse(
      v.array(
        v.object({
          id: v.string(),
          type: v.string(),
          z: v.optional(v.string()),
          wires: v.optional(v.array(v.array(v.string()))),
        }),
      ),
      JSON.parse(readFileSync(file, 'utf8')),
    );
    const ids = new Set(nodes.map(({ id }) => id));
    assert.equal(ids.size, nodes.length);
    for (const { type, z, wires } of nodes) {
      assert.ok(type === 'tab' || ids.has(z ?? ''));
      for (const end of (wires ?? []).flat()) assert.ok(ids.has(end));
    }
  });
});
