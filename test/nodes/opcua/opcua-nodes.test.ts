import { deepEqual, equal, ok } from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isRecord, samplesFromMessage } from '@bulkhead/core';
import { DataType } from 'node-opcua';
import helper from 'node-red-node-test-helper';
import { drain } from '../../support/drain.ts';
import { type RunningFlow, startFlow } from '../../support/flow.ts';
import { createOpcuaPlant, type OpcuaPlant } from '../../support/opcua-plant.ts';
import { until } from '../../support/until.ts';

const types = ['opcua/opcua-connection', 'opcua/opcua-read'];
const tab = { id: 'tab', type: 'tab', label: 'test' };
const tags = [
  {
    nodeId: 'ns=1;s=count',
    topic: 'umh.v1.test._raw.count',
    unit: '',
    scale: '1',
    samplingMs: '0',
    queueSize: '1000',
    stepUs: '',
  },
  {
    nodeId: 'ns=1;s=level',
    topic: 'umh.v1.test._raw.level',
    unit: 'm',
    scale: '0.1',
    samplingMs: '0',
    queueSize: '10',
    stepUs: '',
  },
];
const listeners = [
  ...['out', 'errors', 'statuses'].map((id) => ({ id, type: 'helper', z: 'tab' })),
  { id: 'catch', type: 'catch', z: 'tab', scope: null, uncaught: false, wires: [['errors']] },
  { id: 'status', type: 'status', z: 'tab', scope: null, wires: [['statuses']] },
];

const noNodes: Array<{ id: string; type: string; tags?: object[] }> = [];

describe('opcua nodes', function () {
  this.timeout(40_000);
  const userDir = mkdtempSync(path.join(tmpdir(), 'bulkhead-userdir-'));
  let plant: OpcuaPlant;
  let running: RunningFlow | undefined;

  const start = async ({
    read = {},
    connection = {},
    password = 'right',
    others = noNodes,
  } = {}): Promise<RunningFlow> => {
    running = await startFlow({
      types,
      flow: [
        tab,
        {
          id: 'server',
          type: 'opcua-connection',
          endpoint: plant.endpoint,
          authentication: 'user',
          timeoutMs: '3000',
          reconnectFirstMs: '100',
          reconnectMaxMs: '500',
          version: 1,
          ...connection,
        },
        {
          id: 'read',
          type: 'opcua-read',
          z: 'tab',
          connection: 'server',
          publishingMs: '50',
          tags,
          version: 1,
          wires: [['out']],
          ...read,
        },
        ...others,
        ...listeners,
      ],
      credentials: { server: { user: 'operator', password } },
    });
    return running;
  };
  const statusTexts = (flow: RunningFlow): string[] =>
    flow.received('statuses').map((message) => {
      const status: unknown = Reflect.get(message, 'status');
      return isRecord(status) ? `${String(status['fill'])} ${String(status['shape'])} ${String(status['text'])}` : '';
    });
  const errorCodes = (flow: RunningFlow): unknown[] =>
    flow.received('errors').map((message) => {
      const error: unknown = Reflect.get(message, 'error');
      return isRecord(error) ? error['code'] : undefined;
    });
  const values = (flow: RunningFlow, topic: string): unknown[] =>
    flow.received('out').flatMap((message) => {
      const read = samplesFromMessage(message, { now: 0 });
      return read.ok ? read.samples.filter((sample) => sample.topic === topic).map(({ value }) => value) : [];
    });

  before(async () => {
    plant = await createOpcuaPlant({
      variables: { count: { dataType: DataType.Int32, value: 0 }, level: { dataType: DataType.Double, value: 25 } },
      user: { name: 'operator', password: 'right' },
    });
    helper.settings({ userDir });
  });

  after(async () => {
    helper.settings({});
    await plant?.close();
    rmSync(userDir, { recursive: true, force: true });
  });

  afterEach(async () => {
    await running?.stop();
    running = undefined;
  });

  it('send every change in order, and show that they come', async () => {
    const flow = await start();
    await until(() => values(flow, 'umh.v1.test._raw.level')[0] === 2.5, { deadlineMs: 20_000, what: 'the level' });
    for (let count = 1; count <= 200; count += 1) plant.set('count', count);
    const counted = (): unknown[] => values(flow, 'umh.v1.test._raw.count');
    await until(() => counted().at(-1) === 200, { deadlineMs: 5_000, what: 'the last count' });
    equal(counted().slice(-200).join(), Array.from({ length: 200 }, (_, index) => index + 1).join());
    await until(() => statusTexts(flow).find((text) => text.startsWith('green dot')), {
      deadlineMs: 8_000,
      what: 'green',
    });
    ok(existsSync(path.join(userDir, 'opcua-pki')));
  });

  it('say once that the password is wrong', async () => {
    const flow = await start({ password: 'wrong' });
    const isWaiting = (): boolean => statusTexts(flow).some((text) => /^yellow ring .*retry/.test(text));
    await until(isWaiting, { deadlineMs: 20_000, what: 'the wait for a retry' });
    deepEqual(errorCodes(flow), ['connection-lost']);
  });

  it('are red and ask no server when the tag table is wrong', async () => {
    const shown: unknown[] = [];
    const listen = ({ id, status }: { id: string; status: unknown }): void =>
      void (id === 'read' && shown.push(status));
    helper._events.on('node-status', listen);
    await start({ read: { tags: [tags[0], { ...tags[1], nodeId: 'temperature' }] } });
    deepEqual(shown, [{ fill: 'red', shape: 'ring', text: 'opcua-read.status.notConfigured' }]);
    helper._events.off('node-status', listen);
    equal(plant.sessions(), 0);
  });

  it('send all that the server holds when the source is drained', async () => {
    plant.set('count', 0);
    const flow = await start({ read: { publishingMs: '1000' } });
    await until(() => values(flow, 'umh.v1.test._raw.level').length > 0, { deadlineMs: 20_000, what: 'the level' });
    for (let count = 1; count <= 300; count += 1) plant.set('count', count);
    await drain('source');
    equal(values(flow, 'umh.v1.test._raw.count').at(-1), 300);
  });

  it('share one session, and leave none behind after a deploy or a stop', async () => {
    const other = { id: 'other', type: 'opcua-read', z: 'tab', connection: 'server', version: 1, wires: [['out']] };
    const own = tags.map((tag) => ({ ...tag, topic: `${tag.topic}_too` }));
    const flow = await start({ others: [{ ...other, tags: own }] });
    for (const topic of ['umh.v1.test._raw.level', 'umh.v1.test._raw.level_too']) {
      await until(() => values(flow, topic).length > 0, { deadlineMs: 20_000, what: topic });
    }
    equal(plant.sessions(), 1);
    await flow.deploy();
    await until(() => plant.sessions() === 1, { deadlineMs: 20_000, what: 'one session' });
    await flow.stop();
    running = undefined;
    await until(() => plant.sessions() === 0, { deadlineMs: 5_000, what: 'no session' });
  });
});
