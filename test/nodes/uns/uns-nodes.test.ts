import assert from 'node:assert/strict';
import { isRecord, type Sample } from '@bulkhead/core';
import helper from 'node-red-node-test-helper';
import { type AedesBroker, startAedes } from '../../support/aedes.ts';
import { drain } from '../../support/drain.ts';
import { type RunningFlow, startFlow } from '../../support/flow.ts';
import { freePort } from '../../support/free-port.ts';
import { createMosquitto } from '../../support/mosquitto.ts';
import { metricsOf } from '../../support/metrics.ts';
import { until } from '../../support/until.ts';

const types = ['uns/uns-connection', 'uns/uns-publish', 'uns/uns-subscribe'];
const tab = { id: 'tab', type: 'tab', label: 'test' };
const publish = {
  id: 'publish',
  type: 'uns-publish',
  z: 'tab',
  version: 1,
  connection: 'broker',
  retain: false,
  wires: [],
};
const subscribe = {
  id: 'subscribe',
  type: 'uns-subscribe',
  z: 'tab',
  version: 1,
  connection: 'broker',
  filter: 'umh.v1.acme.#',
  wires: [['samples'], ['relational'], ['rejected']],
};
const listeners = [
  ...['samples', 'relational', 'rejected', 'errors', 'completed', 'statuses'].map((id) => ({
    id,
    type: 'helper',
    z: 'tab',
  })),
  { id: 'catch', type: 'catch', z: 'tab', scope: null, uncaught: false, wires: [['errors']] },
  { id: 'complete', type: 'complete', z: 'tab', scope: ['publish'], wires: [['completed']] },
  { id: 'status', type: 'status', z: 'tab', scope: null, wires: [['statuses']] },
];
const connectionTo = (url: string): Record<string, unknown> & { id: string; type: string } => ({
  id: 'broker',
  type: 'uns-connection',
  version: 1,
  source: 'own',
  url,
  protocol: 'auto',
});
const topic = 'umh.v1.acme._historian.temperature';

describe('UNS nodes', () => {
  let aedes: AedesBroker;
  let running: RunningFlow | undefined;
  before(async () => {
    aedes = await startAedes();
  });
  after(() => aedes.close());
  afterEach(async () => {
    await running?.stop();
    running = undefined;
    helper.settings({});
  });

  const start = async (
    flow: Parameters<typeof startFlow>[0]['flow'],
    login?: Record<string, string>,
  ): Promise<RunningFlow> => {
    running = await startFlow({ types, flow, ...(login ? { credentials: { broker: login } } : {}) });
    return running;
  };
  const errorOf = (message: unknown): unknown => (isRecord(message) ? message['error'] : undefined);
  const statusesOf = (flow: RunningFlow, id: string): unknown[] =>
    flow
      .received('statuses')
      .flatMap(({ status }) =>
        isRecord(status) && isRecord(status['source']) && status['source']['id'] === id ? [status] : [],
      );
  const subscribed = (flow: RunningFlow): Promise<unknown> =>
    until(() => JSON.stringify(statusesOf(flow, 'subscribe')).includes('uns-subscribe.status.received'), {
      deadlineMs: 5_000,
      what: 'the subscriber is connected',
    });

  it('carry a sample from one flow to another, and the message is completed when the broker has it', async () => {
    const flow = await start([tab, connectionTo(aedes.url), publish, subscribe, ...listeners]);
    await subscribed(flow);
    flow
      .node('publish')
      .receive({ topic, payload: 21.5, tag: { quality: 'uncertain', sourceTime: 1_700_000_000_000, unit: '°C' } });
    const message = await until(() => flow.received('samples')[0], { deadlineMs: 5_000, what: 'the sample' });
    assert.equal(message.topic, topic);
    assert.equal(message.payload, 21.5);
    assert.deepEqual(message['tag'], { quality: 'uncertain', sourceTime: 1_700_000_000_000, unit: '°C' });
    await until(() => flow.received('completed').length === 1, { deadlineMs: 5_000, what: 'the message is completed' });
    assert.deepEqual(metricsOf(flow.node('publish')), { accepted: 1, delivered: 1, dropped: 0, queued: 0, refused: 0 });
  });

  it('take a batch and bare values, and gather samples into a batch', async () => {
    const flow = await start([
      tab,
      connectionTo(aedes.url),
      { ...publish, topic },
      { ...subscribe, batch: true, batchMs: 60_000, batchSamples: 3 },
      ...listeners,
    ]);
    await subscribed(flow);
    const batch: readonly Sample[] = [1, 2].map((value) => ({
      topic,
      value,
      quality: 'good',
      sourceTime: 1_700_000_000_000 + value,
    }));
    flow.node('publish').receive({ payload: batch });
    flow.node('publish').receive({ payload: true });
    const message = await until(() => flow.received('samples')[0], {
      deadlineMs: 5_000,
      what: 'the batch',
    });
    assert.ok(Array.isArray(message.payload));
    assert.deepEqual(message.payload.slice(0, 2), batch);
    assert.equal(message.payload.length, 3);
  });

  it('use the broker of the house', async () => {
    helper.settings({ bulkheadServices: { mqtt: { url: aedes.url } } });
    const flow = await start([tab, { ...connectionTo(''), source: 'bulkhead' }, publish, ...listeners]);
    flow.node('publish').receive({ topic, payload: 1 });
    await until(() => flow.received('completed').length === 1, { deadlineMs: 5_000, what: 'the message is completed' });
  });

  it('say that no broker is provided where there is no house, and refuse messages', async () => {
    // Status nodes do not exist yet when a node shows its first status.
    const statuses: unknown[] = [];
    const listen = ({ status }: { status: unknown }): void => void statuses.push(status);
    helper._events.on('node-status', listen);
    const flow = await start([tab, { ...connectionTo(''), source: 'bulkhead' }, publish, ...listeners]);
    helper._events.off('node-status', listen);
    assert.deepEqual(statuses, [{ fill: 'grey', shape: 'ring', text: 'uns-publish.status.not-configured' }]);
    flow.node('publish').receive({ topic, payload: 1 });
    await until(() => flow.received('errors').length === 1, { deadlineMs: 2_000, what: 'an error' });
    assert.match(JSON.stringify(errorOf(flow.received('errors')[0])), /uns-not-configured/);
  });

  it('give a bad topic to the Catch node, with a code and in words', async () => {
    const flow = await start([tab, connectionTo(aedes.url), publish, ...listeners]);
    flow.node('publish').receive({ topic: 'factory/temperature', payload: 1 });
    await until(() => flow.received('errors').length === 1, { deadlineMs: 5_000, what: 'an error' });
    const error = errorOf(flow.received('errors')[0]);
    assert.ok(isRecord(error));
    assert.equal(error['code'], 'uns-bad-topic');
    assert.match(
      String(error['message']),
      /"factory\/temperature" is not a UNS topic: it does not start with umh\.v1\.$/,
    );
    assert.equal(flow.received('completed').length, 0);
  });

  it('report an unreachable broker once, to the Catch nodes of those who use it', async () => {
    const flow = await start([tab, connectionTo(`mqtt://127.0.0.1:${await freePort()}`), publish, ...listeners]);
    await until(() => JSON.stringify(statusesOf(flow, 'publish')).includes('uns-publish.status.retry'), {
      deadlineMs: 5_000,
      what: 'the retry is shown',
    });
    await until(() => flow.received('errors').length > 0, { deadlineMs: 5_000, what: 'an error' });
    assert.match(JSON.stringify(errorOf(flow.received('errors')[0])), /uns-unreachable/);
    await flow.stop();
    running = undefined;
    assert.equal(flow.received('errors').length, 1);
  });

  it('show a refused login', async () => {
    const mosquitto = await createMosquitto({ login: { username: 'plant', password: 'right' } });
    await mosquitto.start();
    const flow = await start([tab, connectionTo(mosquitto.url), publish, ...listeners], {
      username: 'plant',
      password: 'wrong',
    });
    await until(() => JSON.stringify(statusesOf(flow, 'publish')).includes('uns-publish.status.login-refused'), {
      deadlineMs: 5_000,
      what: 'the refused login is shown',
    });
    await mosquitto.remove();
  });

  it('deliver everything in the relay phase of a clean stop, then receive no more', async () => {
    const flow = await start([
      tab,
      connectionTo(aedes.url),
      publish,
      { ...subscribe, batch: true, batchMs: 60_000, batchSamples: 10_000 },
      ...listeners,
    ]);
    await subscribed(flow);
    for (let value = 0; value < 300; value += 1) flow.node('publish').receive({ topic, payload: value });
    await drain('relay');
    const counts = flow.received('samples').map(({ payload }) => (Array.isArray(payload) ? payload.length : 0));
    assert.deepEqual(counts, [300]);
    flow.node('publish').receive({ topic, payload: 'late' });
    await until(() => flow.received('completed').length === 301, {
      deadlineMs: 5_000,
      what: 'the late message is completed',
    });
    assert.equal(flow.received('samples').length, 1);
  });

  it('work again after a deploy', async () => {
    const flow = await start([tab, connectionTo(aedes.url), publish, subscribe, ...listeners]);
    await subscribed(flow);
    await flow.deploy();
    const before = flow.received('completed').length;
    flow.node('publish').receive({ topic, payload: 1 });
    await until(() => flow.received('completed').length > before, {
      deadlineMs: 5_000,
      what: 'the message is completed',
    });
  });
});
