import assert from 'node:assert/strict';
import { isRecord, type Sample } from '@bulkhead/core';
import helper from 'node-red-node-test-helper';
import { drain } from '../../support/drain.ts';
import { type RunningFlow, startFlow } from '../../support/flow.ts';
import { createPostgres, type Login, type Postgres } from '../../support/postgres.ts';
import { metricsOf } from '../../support/metrics.ts';
import { until } from '../../support/until.ts';

const types = ['historian/historian-connection', 'historian/historian-write', 'historian/historian-query'];
const tab = { id: 'tab', type: 'tab', label: 'test' };
const write = { id: 'write', type: 'historian-write', z: 'tab', version: 1, connection: 'db', batchMs: 20, wires: [] };
const query = {
  id: 'query',
  type: 'historian-query',
  z: 'tab',
  version: 1,
  connection: 'db',
  topics: 'umh.v1.acme.#',
  from: '-1h',
  to: 'now',
  aggregate: 'raw',
  interval: '1m',
  limit: 1_000,
  output: 'samples',
  wires: [['answers']],
};
const listeners = [
  ...['answers', 'errors', 'completed', 'statuses'].map((id) => ({ id, type: 'helper', z: 'tab' })),
  { id: 'catch', type: 'catch', z: 'tab', scope: null, uncaught: false, wires: [['errors']] },
  { id: 'complete', type: 'complete', z: 'tab', scope: ['write'], wires: [['completed']] },
  { id: 'status', type: 'status', z: 'tab', scope: null, wires: [['statuses']] },
];
const topic = 'umh.v1.acme._historian.level';

describe('historian nodes', function () {
  this.timeout(60_000);
  let postgres: Postgres;
  let login: Login;
  let databases = 0;
  let running: RunningFlow | undefined;
  before(async () => {
    postgres = await createPostgres();
    await postgres.start();
  });
  after(() => postgres.remove());
  beforeEach(async () => {
    databases += 1;
    login = await postgres.createDatabase(`nodes_${databases}`);
  });
  afterEach(async () => {
    await running?.stop();
    running = undefined;
    helper.settings({});
  });

  const connection = (more: object = {}): { id: string; type: string; [property: string]: unknown } => {
    const { host, port, database, user } = login;
    return {
      id: 'db',
      type: 'historian-connection',
      version: 1,
      source: 'own',
      schema: 'plant',
      host,
      port: String(port),
      database,
      user,
      ...more,
    };
  };
  const start = async (
    flow: Parameters<typeof startFlow>[0]['flow'],
    password = login.password,
  ): Promise<RunningFlow> => {
    running = await startFlow({ types, flow, credentials: { db: { password } } });
    return running;
  };
  const codeOf = (message: unknown): unknown =>
    isRecord(message) && isRecord(message['error']) ? message['error']['code'] : undefined;
  const completed = (flow: RunningFlow, count: number): Promise<unknown> =>
    until(() => flow.received('completed').length >= count, {
      deadlineMs: 10_000,
      what: `${count} messages are completed`,
    });
  const answer = (flow: RunningFlow, asked: object): Promise<Record<string, unknown>> => {
    const before = flow.received('answers').length;
    flow.node('query').receive({ ...asked, keep: 'me' });
    return until(() => flow.received('answers')[before], { deadlineMs: 10_000, what: 'an answer' });
  };

  it('store samples, batches and bare values and find them again', async () => {
    const flow = await start([tab, connection(), { ...write, topic }, query, ...listeners]);
    const now = Date.now();
    const batch: readonly Sample[] = [1, 2n ** 60n].map((value, at) => ({
      topic,
      value,
      quality: 'good',
      sourceTime: now - 10 + at,
    }));
    flow.node('write').receive({ payload: batch });
    flow
      .node('write')
      .receive({ topic, payload: [0.5, 1.5], tag: { quality: 'good', sourceTime: now - 5, stepUs: 50, unit: 'g' } });
    flow.node('write').receive({ payload: 'text' });
    await completed(flow, 3);
    const message = await answer(flow, {});
    assert.equal(message['keep'], 'me');
    assert.ok(Array.isArray(message['payload']));
    assert.deepEqual(
      message['payload'].map((sample: Sample) => sample.value),
      [1, 2n ** 60n, [0.5, 1.5], 'text'],
    );
    assert.deepEqual(metricsOf(flow.node('write')), {
      accepted: 4,
      stored: 4,
      duplicates: 0,
      conflicts: 0,
      dropped: 0,
      queued: 0,
    });
  });

  it('give rows for charts, aggregated, as the message asks', async () => {
    const flow = await start([tab, connection(), write, query, ...listeners]);
    const at = Date.UTC(2026, 0, 1);
    const batch = [1, 3, 10].map((value, index) => ({
      topic,
      value,
      quality: 'good',
      sourceTime: at + index * 600,
      unit: '%',
    }));
    flow.node('write').receive({ payload: batch });
    await completed(flow, 1);
    const message = await answer(flow, {
      query: { topics: [topic], from: at, to: at + 2_000, aggregate: 'avg', interval: '1s', output: 'rows' },
    });
    assert.deepEqual(message['payload'], [
      { time: at, topic, name: 'level', value: 2, quality: 'good', unit: '%' },
      { time: at + 1_000, topic, name: 'level', value: 10, quality: 'good', unit: '%' },
    ]);
    assert.deepEqual(message['history'], { from: at, to: at + 2_000, aggregate: 'avg', count: 2, truncated: false });
  });

  it('use the database of the house', async () => {
    const { host, port, database, user, password } = login;
    helper.settings({ bulkheadServices: { postgres: { host, port, database, user, password } } });
    const flow = await start(
      [tab, connection({ source: 'bulkhead', host: '', port: '', user: '' }), write, ...listeners],
      '',
    );
    flow.node('write').receive({ topic, payload: 1 });
    await completed(flow, 1);
  });

  it('commit everything in the sink phase of a clean stop', async () => {
    const flow = await start([tab, connection(), { ...write, batchMs: 60_000 }, ...listeners]);
    for (let value = 0; value < 100; value += 1) {
      flow.node('write').receive({ topic, payload: value, tag: { quality: 'good', sourceTime: value } });
    }
    await drain('sink');
    const [row] = await postgres.query(login.database, 'select count(*)::integer as rows from plant.sample');
    assert.equal(row?.['rows'], 100);
  });

  it('give a sample that cannot be stored, and a question that makes no sense, to the Catch node', async () => {
    const flow = await start([tab, connection(), write, query, ...listeners]);
    flow.node('write').receive({ topic, payload: 'a\0b' });
    flow.node('write').receive({ payload: {} });
    flow.node('query').receive({ query: { from: 'yesterday-ish' } });
    flow.node('query').receive({ query: { topics: '' } });
    await until(() => flow.received('errors').length >= 4, { deadlineMs: 5_000, what: 'four errors' });
    assert.deepEqual(flow.received('errors').map(codeOf).toSorted(), [
      'historian-bad-query',
      'historian-bad-query',
      'historian-no-sample',
      'historian-not-storable',
    ]);
  });

  it('show and report a wrong password once', async () => {
    const flow = await start([tab, connection(), write, query, ...listeners], 'wrong');
    await until(() => JSON.stringify(flow.received('statuses')).includes('historian-write.status.login-refused'), {
      deadlineMs: 5_000,
      what: 'the refused login is shown',
    });
    flow.node('query').receive({});
    await until(() => flow.received('errors').map(codeOf).includes('historian-not-connected'), {
      deadlineMs: 5_000,
      what: 'the question is refused',
    });
    const reports = flow
      .received('errors')
      .map(codeOf)
      .filter((code) => code === 'historian-login-refused');
    // Once for each of the two nodes that use the connection: a Catch node listens to the users of a global config node.
    assert.equal(reports.length, 2);
  });

  it('show that no connection is chosen, and refuse messages', async () => {
    const flow = await start([tab, { ...write, connection: '' }, { ...query, connection: '' }, ...listeners]);
    flow.node('write').receive({ topic, payload: 1 });
    flow.node('query').receive({});
    await until(() => flow.received('errors').length >= 2, { deadlineMs: 5_000, what: 'two errors' });
    assert.deepEqual(flow.received('errors').map(codeOf), ['historian-not-configured', 'historian-not-configured']);
  });
});
