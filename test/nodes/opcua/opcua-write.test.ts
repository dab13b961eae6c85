import { deepEqual, equal } from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isRecord } from '@bulkhead/core';
import { DataType } from 'node-opcua';
import helper from 'node-red-node-test-helper';
import { createFaultProxy, type FaultProxy } from '../../support/fault-proxy.ts';
import { type RunningFlow, startFlow } from '../../support/flow.ts';
import { createOpcuaPlant, type OpcuaPlant } from '../../support/opcua-plant.ts';
import { until } from '../../support/until.ts';

const topic = (name: string): string => `umh.v1.test._raw.${name}`;
const rowOf = (name: string, more: object = {}): object => ({ nodeId: `ns=1;s=${name}`, topic: topic(name), ...more });

describe('the opcua-write node', function () {
  this.timeout(60_000);
  const userDir = mkdtempSync(path.join(tmpdir(), 'bulkhead-userdir-'));
  let plant: OpcuaPlant;
  let proxy: FaultProxy;
  let running: RunningFlow | undefined;

  const start = async (write: object = {}, connection: object = {}): Promise<RunningFlow> => {
    running = await startFlow({
      types: ['opcua/opcua-connection', 'opcua/opcua-write'],
      flow: [
        { id: 'tab', type: 'tab', label: 'test' },
        {
          id: 'server',
          type: 'opcua-connection',
          endpoint: `opc.tcp://127.0.0.1:${proxy.port}`,
          timeoutMs: '600',
          keepAliveMs: '500',
          sessionTimeoutMs: '2000',
          reconnectFirstMs: '50',
          reconnectMaxMs: '200',
          allowWrites: true,
          ...connection,
        },
        {
          id: 'write',
          type: 'opcua-write',
          z: 'tab',
          name: 'recipe',
          connection: 'server',
          tags: [rowOf('count'), rowOf('level', { scale: '0.1', min: '0', max: '10' })],
          wires: [['results']],
          ...write,
        },
        ...['results', 'errors'].map((id) => ({ id, type: 'helper', z: 'tab' })),
        { id: 'catch', type: 'catch', z: 'tab', scope: null, uncaught: false, wires: [['errors']] },
      ],
    });
    return running;
  };
  const isConnected = (flow: RunningFlow): boolean => {
    const own: unknown = Reflect.get(flow.node('server'), 'opcua');
    const link = isRecord(own) ? own['link'] : undefined;
    const state = isRecord(link) ? link['state'] : undefined;
    return isRecord(state) && state['kind'] === 'connected';
  };
  const connected = (flow: RunningFlow) =>
    until(() => isConnected(flow), { deadlineMs: 20_000, what: 'the connection' });
  const results = async (flow: RunningFlow, message: Record<string, unknown>): Promise<Record<string, unknown>[]> => {
    const before = flow.received('results').length;
    flow.node('write').receive(message);
    const given = await until(() => flow.received('results')[before], { deadlineMs: 10_000, what: 'a result' });
    const { payload } = given;
    return Array.isArray(payload) ? payload.filter(isRecord) : [];
  };
  const errorCodes = (flow: RunningFlow): unknown[] =>
    flow.received('errors').map((message) => {
      const error: unknown = Reflect.get(message, 'error');
      return isRecord(error) ? error['code'] : undefined;
    });

  before(async () => {
    helper.settings({ userDir });
    plant = await createOpcuaPlant({
      variables: { count: { dataType: DataType.Int32, value: 0 }, level: { dataType: DataType.Int16, value: 25 } },
    });
  });
  after(async () => {
    helper.settings({});
    await plant?.close();
    rmSync(userDir, { recursive: true, force: true });
  });
  beforeEach(async () => {
    plant.set('count', 0);
    plant.set('level', 25);
    proxy = await createFaultProxy(plant.port);
  });
  afterEach(async () => {
    await running?.stop();
    running = undefined;
    await proxy.close();
  });

  it('writes nothing while the connection does not allow it', async () => {
    const flow = await start({}, { allowWrites: false });
    flow.node('write').receive({ topic: topic('count'), payload: 7 });
    await until(() => errorCodes(flow).length > 0, { deadlineMs: 3_000, what: 'an error' });
    deepEqual(errorCodes(flow), ['writes-off']);
  });

  it('writes a batch, gives a result for each value with old and new, and logs who wanted it', async () => {
    const flow = await start({ readBack: true });
    const logged: string[] = [];
    const node = flow.node('write');
    node.log = (line: unknown) => void logged.push(String(line));
    await connected(flow);
    const batch = [
      { topic: topic('count'), value: 7 },
      { topic: topic('level'), value: 5 },
      { topic: topic('level'), value: 11 },
      { topic: topic('nowhere'), value: 1 },
    ];
    const written = await results(flow, { payload: batch, user: 'anna' });
    deepEqual(
      written.map(({ ok, code, old, readBack }) => (ok === true ? [old, readBack] : code)),
      [[0, 7], [2.5, 5], 'out-of-range', 'unknown-tag'],
    );
    deepEqual(logged, ['opcua-write.log.written', 'opcua-write.log.written']);
    await until(() => errorCodes(flow).length > 0, { deadlineMs: 3_000, what: 'an error' });
    deepEqual(errorCodes(flow), ['write-failed']);
  });

  it('says of a write without an answer that it may or may not be done, and keeps none for later', async () => {
    const flow = await start();
    await connected(flow);
    await results(flow, { topic: topic('count'), payload: 1 });
    proxy.stall();
    const [stalled] = await results(flow, { topic: topic('count'), payload: 2 });
    equal(stalled?.['ok'], false);
    await proxy.refuse();
    await until(() => !isConnected(flow), { deadlineMs: 10_000, what: 'the loss' });
    const [refused] = await results(flow, { topic: topic('count'), payload: 3 });
    equal(refused?.['code'], 'disconnected');
    await proxy.resume();
    await connected(flow);
    const [again] = await results(flow, { topic: topic('count'), payload: 4 });
    deepEqual([again?.['ok'], again?.['old'] === 3], [true, false]);
  });

  it('writes again after the session is forgotten and after garbage', async () => {
    const flow = await start();
    await connected(flow);
    plant.forgetSessions();
    await until(async () => (await results(flow, { topic: topic('count'), payload: 5 }))[0]?.['ok'] === true, {
      deadlineMs: 15_000,
      what: 'a write in a new session',
    });
    proxy.garbage(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await until(async () => (await results(flow, { topic: topic('count'), payload: 6 }))[0]?.['ok'] === true, {
      deadlineMs: 15_000,
      what: 'a write after the garbage',
    });
  });
});
