import { deepEqual, equal, ok } from 'node:assert/strict';
import { isRecord, samplesFromMessage } from '@bulkhead/core';
import helper from 'node-red-node-test-helper';
import { drain } from '../../support/drain.ts';
import { createFaultProxy, type FaultProxy } from '../../support/fault-proxy.ts';
import { type FlowNode, type RunningFlow, startFlow } from '../../support/flow.ts';
import { createModbusDevice, type ModbusDevice } from '../../support/modbus-device.ts';
import { until } from '../../support/until.ts';

const types = ['modbus/modbus-connection', 'modbus/modbus-read'];
const tab = { id: 'tab', type: 'tab', label: 'test' };
const tags = [
  {
    topic: 'umh.v1.test._raw.count',
    area: 'holding',
    address: '0',
    type: 'uint16',
    order: 'ABCD',
    scale: '1',
    offset: '0',
    unit: '',
  },
  {
    topic: 'umh.v1.test._raw.level',
    area: 'holding',
    address: '1',
    type: 'int16',
    order: 'ABCD',
    scale: '0.1',
    offset: '0',
    unit: 'm',
  },
];
const listeners = [
  ...['out', 'errors', 'statuses'].map((id) => ({ id, type: 'helper', z: 'tab' })),
  { id: 'catch', type: 'catch', z: 'tab', scope: null, uncaught: false, wires: [['errors']] },
  { id: 'status', type: 'status', z: 'tab', scope: null, wires: [['statuses']] },
];

describe('modbus nodes', function () {
  this.timeout(20_000);
  let device: ModbusDevice;
  let proxy: FaultProxy;
  let running: RunningFlow | undefined;

  const start = async (read: object = {}, others: readonly FlowNode[] = []): Promise<RunningFlow> => {
    running = await startFlow({
      types,
      flow: [
        tab,
        {
          id: 'device',
          type: 'modbus-connection',
          host: '127.0.0.1',
          port: String(proxy.port),
          timeoutMs: '200',
          reconnectFirstMs: '50',
          reconnectMaxMs: '200',
          version: 1,
        },
        {
          id: 'read',
          type: 'modbus-read',
          z: 'tab',
          connection: 'device',
          pollMs: '50',
          tags,
          version: 1,
          wires: [['out']],
          ...read,
        },
        ...others,
        ...listeners,
      ],
    });
    return running;
  };
  const firstMessage = (flow: RunningFlow) =>
    until(() => flow.received('out')[0], { deadlineMs: 5_000, what: 'a message' });
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

  beforeEach(async () => {
    device = await createModbusDevice();
    proxy = await createFaultProxy(device.port);
    device.registers.set([41, 25]);
  });

  afterEach(async () => {
    await running?.stop();
    running = undefined;
    await proxy.close();
    await device.close();
  });

  it('send one message per cycle with all samples', async () => {
    const message = await firstMessage(await start());
    const read = samplesFromMessage(message, { now: 0 });
    if (!read.ok) throw new Error(read.message);
    for (const { sourceTime } of read.samples) ok(Math.abs(Date.now() - sourceTime) < 10_000);
    deepEqual(
      read.samples.map((sample) => ({ ...sample, sourceTime: 0 })),
      [
        { topic: tags[0]?.topic, value: 41, quality: 'good', sourceTime: 0, address: 'holding:0' },
        { topic: tags[1]?.topic, value: 2.5, quality: 'good', sourceTime: 0, unit: 'm', address: 'holding:1' },
      ],
    );
  });

  it('send one message per tag when asked to', async () => {
    const flow = await start({ output: 'each' });
    await until(() => flow.received('out').length >= 2, { deadlineMs: 5_000, what: 'two messages' });
    const [first, second] = flow.received('out');
    deepEqual(
      [first?.topic, first?.payload, second?.topic, second?.payload],
      ['umh.v1.test._raw.count', 41, 'umh.v1.test._raw.level', 2.5],
    );
    const tag: unknown = Reflect.get(second ?? {}, 'tag');
    ok(isRecord(tag));
    deepEqual([tag['quality'], tag['unit'], tag['address']], ['good', 'm', 'holding:1']);
  });

  it('say in their status how much comes, and never connected while nothing does', async () => {
    const flow = await start();
    const hasValues = (text: string): boolean => text.includes('modbus-read.status.tags');
    await until(() => statusTexts(flow).some(hasValues), { deadlineMs: 8_000, what: 'how much comes' });
    const texts = statusTexts(flow);
    const first = texts.findIndex(hasValues);
    ok(
      texts.slice(0, first).every((text) => text.startsWith('yellow')),
      texts.join(' | '),
    );
    // On a machine that is busy with something else a cycle may have been left out.
    ok(/^green dot [^,]*tags, [^,]*rate$|^yellow dot .*overrun/.test(texts[first] ?? ''), texts[first]);
  });

  it('report a lost connection once, and go on when it is back', async () => {
    const flow = await start();
    await firstMessage(flow);
    await proxy.refuse();
    await until(() => statusTexts(flow).some((text) => /^yellow ring .*retry/.test(text)), {
      deadlineMs: 5_000,
      what: 'the wait for a retry',
    });
    deepEqual(errorCodes(flow), ['connection-lost']);
    const before = flow.received('out').length;
    await proxy.resume();
    await until(() => flow.received('out').length > before, { deadlineMs: 5_000, what: 'a further message' });
    deepEqual(errorCodes(flow), ['connection-lost']);
  });

  it('are red and read nothing when the tag table is wrong', async () => {
    const shown: unknown[] = [];
    const listen = ({ id, status }: { id: string; status: unknown }): void =>
      void (id === 'read' && shown.push(status));
    helper._events.on('node-status', listen);
    const flow = await start({ tags: [tags[0], { ...tags[1], address: '70000', topic: 'nonsense' }] });
    deepEqual(shown, [{ fill: 'red', shape: 'ring', text: 'modbus-read.status.notConfigured' }]);
    helper._events.off('node-status', listen);
    deepEqual([flow.received('out').length, proxy.accepted()], [0, 0]);
  });

  it('connect no more than once for two readers, and disconnect after the last', async () => {
    const second = { id: 'second', type: 'modbus-read', z: 'tab', connection: 'device', tags, wires: [['other']] };
    const flow = await start({}, [second, { id: 'other', type: 'helper', z: 'tab' }]);
    const both = async (): Promise<void> => {
      const before = ['out', 'other'].map((id) => flow.received(id).length);
      await until(() => ['out', 'other'].every((id, at) => flow.received(id).length > (before[at] ?? 0)), {
        deadlineMs: 5_000,
        what: 'messages of both',
      });
    };
    await both();
    equal(proxy.accepted(), 1);
    await flow.deploy();
    await both();
    equal(proxy.accepted(), 2);
  });

  it('stop reading when the source is drained, after the last answer was sent on', async () => {
    const flow = await start({ pollMs: '20' });
    await firstMessage(flow);
    await drain('source');
    const [served, sent] = [device.requests.length, flow.received('out').length];
    equal(served, sent);
  });
});
