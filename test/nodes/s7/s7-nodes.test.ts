import { deepEqual, equal, ok } from 'node:assert/strict';
import { isRecord, samplesFromMessage } from '@bulkhead/core';
import helper from 'node-red-node-test-helper';
import { drain } from '../../support/drain.ts';
import { createFaultProxy, type FaultProxy } from '../../support/fault-proxy.ts';
import { type RunningFlow, startFlow } from '../../support/flow.ts';
import { type S7Plc, startS7Plc } from '../../support/s7-plc.ts';
import { until } from '../../support/until.ts';

const types = ['s7/s7-connection', 's7/s7-read', 's7/s7-write'];
const topic = (name: string): string => `umh.v1.test._raw.${name}`;
const db1 = { area: 'DB', db: 1 } as const;
const readTags = [
  { topic: topic('count'), address: 'DB1,INT0', type: '', unit: '', scale: '1', offset: '0' },
  { topic: topic('level'), address: 'DB1.DBW2', type: 'INT', unit: 'm', scale: '0.1', offset: '0' },
];
const writeTags = [
  { topic: topic('count'), address: 'DB1,INT0', min: '0', max: '1000' },
  { topic: topic('name'), address: 'DB1,STRING10.20' },
  { topic: topic('start'), address: 'DB1.DBX4.2' },
  { topic: topic('wide'), address: 'DB1,LINT40' },
  { topic: topic('absent'), address: 'DB9,INT0' },
];
const listeners = [
  ...['out', 'diagnostics', 'results', 'errors', 'statuses'].map((id) => ({ id, type: 'helper', z: 'tab' })),
  { id: 'catch', type: 'catch', z: 'tab', scope: null, uncaught: false, wires: [['errors']] },
  { id: 'status', type: 'status', z: 'tab', scope: null, wires: [['statuses']] },
];

function memory(): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.writeInt16BE(41, 0);
  bytes.writeInt16BE(25, 2);
  bytes[4] = 0b1000_0001;
  // A STRING of 8 characters at most, whatever the table says.
  bytes.set([8, 2, 0x68, 0x69], 10);
  return bytes;
}

const isConnected = (flow: RunningFlow): boolean => {
  const own: unknown = Reflect.get(flow.node('plc'), 's7');
  const link = isRecord(own) ? own['link'] : undefined;
  const state = isRecord(link) ? link['state'] : undefined;
  return isRecord(state) && state['kind'] === 'connected';
};

describe('s7 nodes', function () {
  this.timeout(60_000);
  let plc: S7Plc;
  let proxy: FaultProxy;
  let running: RunningFlow | undefined;

  const start = async (nodes: { read?: object; write?: object; connection?: object }): Promise<RunningFlow> => {
    const { read, write, connection } = nodes;
    running = await startFlow({
      types,
      flow: [
        { id: 'tab', type: 'tab', label: 'test' },
        {
          id: 'plc',
          type: 's7-connection',
          host: '127.0.0.1',
          port: String(proxy.port),
          timeoutMs: '300',
          reconnectFirstMs: '50',
          reconnectMaxMs: '200',
          ...connection,
        },
        ...(read === undefined
          ? []
          : [
              {
                id: 'read',
                type: 's7-read',
                z: 'tab',
                connection: 'plc',
                pollMs: '50',
                tags: readTags,
                wires: [['out'], ['diagnostics']],
                ...read,
              },
            ]),
        ...(write === undefined
          ? []
          : [
              {
                id: 'write',
                type: 's7-write',
                z: 'tab',
                name: 'recipe',
                connection: 'plc',
                tags: writeTags,
                wires: [['results']],
                ...write,
              },
            ]),
        ...listeners,
      ],
    });
    return running;
  };
  const received = (id: string, count = 1) =>
    until(
      () => {
        const list = running?.received(id) ?? [];
        return list.length >= count ? list : undefined;
      },
      {
        deadlineMs: 8_000,
        what: `${count} messages at ${id}`,
      },
    );
  const errorCodes = (flow: RunningFlow): unknown[] =>
    flow.received('errors').map((message) => {
      const error: unknown = Reflect.get(message, 'error');
      return isRecord(error) ? error['code'] : undefined;
    });
  const statusTexts = (flow: RunningFlow): string[] =>
    flow.received('statuses').map((message) => {
      const status: unknown = Reflect.get(message, 'status');
      return isRecord(status) ? `${String(status['fill'])} ${String(status['shape'])} ${String(status['text'])}` : '';
    });
  const results = async (payload: unknown, more: object = {}): Promise<Record<string, unknown>[]> => {
    const flow = running;
    if (flow === undefined) throw new Error('no flow');
    await until(() => isConnected(flow), { deadlineMs: 8_000, what: 'the connection' });
    const before = flow.received('results').length;
    flow.node('write').receive({ payload, ...more });
    const messages = await received('results', before + 1);
    const given: unknown = messages[before]?.payload;
    return Array.isArray(given) ? given.filter(isRecord) : [];
  };

  beforeEach(async () => {
    plc = await startS7Plc([{ area: db1, bytes: memory() }]);
    proxy = await createFaultProxy(plc.port);
  });

  afterEach(async () => {
    await running?.stop();
    running = undefined;
    await proxy.close();
    await plc.close();
  });

  it('send one message per cycle with all samples', async () => {
    await start({ read: {} });
    const [message] = await received('out');
    const read = samplesFromMessage(message, { now: 0 });
    if (!read.ok) throw new Error(read.message);
    deepEqual(
      read.samples.map((sample) => ({ ...sample, sourceTime: 0 })),
      [
        { topic: topic('count'), value: 41, quality: 'good', sourceTime: 0, address: 'DB1,INT0' },
        { topic: topic('level'), value: 2.5, quality: 'good', sourceTime: 0, unit: 'm', address: 'DB1.DBW2' },
      ],
    );
  });

  it('send one message per tag when asked to', async () => {
    await start({ read: { output: 'each' } });
    const [first, second] = await received('out', 2);
    deepEqual(
      [first?.topic, first?.payload, second?.topic, second?.payload],
      [topic('count'), 41, topic('level'), 2.5],
    );
  });

  it('send what changed by the deadband, and a heartbeat', async () => {
    await start({
      read: {
        tags: [
          { ...readTags[0], deadband: '10%', range: '0..50' },
          { ...readTags[1], heartbeatS: '1' },
        ],
      },
    });
    await received('out');
    const changed = memory();
    changed.writeInt16BE(45, 0);
    await plc.set(db1, changed);
    await received('out', 2);
    changed.writeInt16BE(46, 0);
    await plc.set(db1, changed);
    const messages = await until(
      () => {
        const samples = running
          ?.received('out')
          .flatMap(({ payload }) => (Array.isArray(payload) ? payload.filter(isRecord) : []));
        const levels = samples?.filter((sample) => sample['topic'] === topic('level')) ?? [];
        return samples?.some(({ value }) => value === 46) && levels.length > 1 ? samples : undefined;
      },
      { deadlineMs: 5_000, what: 'the value beyond the deadband, and a heartbeat of the one that stays' },
    );
    deepEqual(
      messages.filter((sample) => sample['topic'] === topic('count')).map((sample) => sample['value']),
      [41, 46],
    );
    const levels = messages.filter((sample) => sample['topic'] === topic('level'));
    deepEqual([levels[0]?.['value'], levels[1]?.['value']], [2.5, 2.5]);
    ok(Number(levels[1]?.['sourceTime']) - Number(levels[0]?.['sourceTime']) >= 1_000);
  });

  it('do what a message commands: pause, read now, resume, change the rate, add and remove tags', async () => {
    const flow = await start({ read: { pollMs: '20' } });
    const send = (message: Record<string, unknown>): void => flow.node('read').receive(message);
    const idle = async (): Promise<number> => {
      const from = Date.now();
      await until(() => Date.now() > from + 100, { deadlineMs: 1_000, what: '5 poll times' });
      return flow.received('out').length;
    };
    await received('out');
    send({ command: 'pause' });
    const paused = await idle();
    equal(await idle(), paused);
    send({ command: 'read' });
    await received('out', paused + 1);
    equal(await idle(), paused + 1);
    send({ command: 'add', payload: { topic: topic('flag'), address: 'DB1.DBX4.0' } });
    send({ command: 'remove', payload: topic('level') });
    send({ command: 'resume' });
    const topicsOf = (message: { payload?: unknown } | undefined): unknown =>
      Array.isArray(message?.payload) &&
      message.payload.filter(isRecord).map((sample) => [sample['topic'], sample['value']]);
    const messages = await received('out', paused + 2);
    deepEqual(topicsOf(messages.at(-1)), [
      [topic('count'), 41],
      [topic('flag'), true],
    ]);
    send({ command: 'rate', payload: 60_000 });
    const slow = await idle();
    equal(await idle(), slow);
    for (const wrong of [
      { command: 'fly' },
      { command: 'rate', payload: 1 },
      { command: 'remove', payload: 'nothing' },
      { command: 'add', payload: { topic: topic('x'), address: '?' } },
    ]) {
      send(wrong);
    }
    await until(() => errorCodes(flow).length === 4, { deadlineMs: 3_000, what: 'four errors' });
    deepEqual(errorCodes(flow), Array(4).fill('invalid-command'));
  });

  it('report on themselves at the second output', async () => {
    await start({ read: { pollMs: '20', diagnosticsS: '1' } });
    const [message] = await received('diagnostics');
    const report: unknown = message?.payload;
    ok(isRecord(report));
    deepEqual([report['connection'], report['tags'], report['reconnects'], report['retries']], ['connected', 2, 0, 0]);
    ok(Number(report['cycles']) > 5 && Number(report['lastValueMs']) < 1_000, JSON.stringify(report));
  });

  it('report a lost connection once, show how old the last value is, and go on when it is back', async () => {
    const flow = await start({ read: {} });
    await received('out');
    await proxy.refuse();
    await until(
      () =>
        statusTexts(flow).some((text) => /^yellow ring s7-read.status.retrying, s7-read.status.lastValue$/.test(text)),
      {
        deadlineMs: 5_000,
        what: 'the wait for a retry',
      },
    );
    deepEqual(errorCodes(flow), ['connection-lost']);
    const before = flow.received('out').length;
    await proxy.resume();
    await received('out', before + 2);
    deepEqual(errorCodes(flow), ['connection-lost']);
  });

  it('are red and read nothing when the tag table is wrong', async () => {
    const shown: unknown[] = [];
    const listen = ({ id, status }: { id: string; status: unknown }): void =>
      void (id === 'read' && shown.push(status));
    helper._events.on('node-status', listen);
    await start({ read: { tags: [readTags[0], { ...readTags[1], address: 'DB1.DBW2.5' }] } });
    deepEqual(shown, [{ fill: 'red', shape: 'ring', text: 's7-read.status.notConfigured' }]);
    helper._events.off('node-status', listen);
    equal(proxy.accepted(), 0);
  });

  it('share one connection, and make a new one after a deploy', async () => {
    const flow = await start({ read: {}, write: {} });
    await received('out');
    await flow.deploy();
    const before = flow.received('out').length;
    await received('out', before + 1);
    equal(proxy.accepted(), 2);
  });

  it('stop reading when the source is drained', async () => {
    const flow = await start({ read: { pollMs: '20' } });
    await received('out');
    await drain('source');
    const sent = flow.received('out').length;
    const from = Date.now();
    await until(() => Date.now() > from + 100, { deadlineMs: 1_000, what: '5 poll times' });
    equal(flow.received('out').length, sent);
  });

  it('write nothing while the connection does not allow it', async () => {
    const flow = await start({ write: {} });
    flow.node('write').receive({ topic: topic('count'), payload: 7 });
    await until(() => errorCodes(flow).length > 0, { deadlineMs: 3_000, what: 'an error' });
    deepEqual(errorCodes(flow), ['writes-off']);
    deepEqual(await plc.get(db1), memory());
  });

  it('write a batch in its order, give a result for each value, and log who, what, old and new', async () => {
    const flow = await start({ write: { readBack: true }, connection: { allowWrites: true } });
    const logged: string[] = [];
    const write = flow.node('write');
    const log = write.log.bind(write);
    write.log = (line: unknown) => {
      logged.push(String(line));
      log(line);
    };
    const written = await results(
      [
        { topic: topic('count'), value: 500 },
        { topic: topic('name'), value: 'HELLO' },
        { topic: topic('start'), value: true },
        { topic: topic('wide'), value: 9_007_199_254_740_993n },
      ],
      { user: 'anna' },
    );
    deepEqual(
      written.map(({ ok: isWritten, old, readBack }) => [isWritten, old, readBack]),
      [
        [true, 41, 500],
        [true, 'hi', 'HELLO'],
        [true, false, true],
        [true, 0n, 9_007_199_254_740_993n],
      ],
    );
    const expected = memory();
    expected.writeInt16BE(500, 0);
    expected[4] = 0b1000_0101;
    expected.set([8, 5], 10);
    expected.write('HELLO', 12, 'latin1');
    expected.writeBigInt64BE(9_007_199_254_740_993n, 40);
    deepEqual(await plc.get(db1), expected);
    equal(logged.length, 4);
    deepEqual([...new Set(logged)], ['s7-write.log.written']);
    deepEqual(errorCodes(flow), []);
  });

  it('write what may be written of a batch, and say what is wrong with the rest', async () => {
    const flow = await start({ write: {}, connection: { allowWrites: true } });
    const written = await results([
      { topic: topic('count'), value: 7 },
      { topic: topic('count'), value: 1_001 },
      { topic: topic('count'), value: 1.5 },
      { topic: topic('name'), value: 'nine chars' },
      { topic: topic('absent'), value: 1 },
      { topic: topic('nowhere'), value: 1 },
      { topic: topic('start'), value: true, quality: 'stale' },
    ]);
    deepEqual(
      written.map(({ ok: isWritten, code }) => (isWritten === true ? 'ok' : code)),
      ['ok', 'out-of-range', 'wrong-type', 'out-of-range', 'refused', 'unknown-tag', 'no-value'],
    );
    const expected = memory();
    expected.writeInt16BE(7, 0);
    deepEqual(await plc.get(db1), expected);
    await until(() => errorCodes(flow).length > 0, { deadlineMs: 3_000, what: 'an error' });
    deepEqual(errorCodes(flow), ['write-failed']);
  });

  it('keep what else a message brings, and are drained when what they write is written', async () => {
    const flow = await start({ write: {}, connection: { allowWrites: true } });
    await until(() => isConnected(flow), { deadlineMs: 8_000, what: 'the connection' });
    for (const payload of [7, 8]) flow.node('write').receive({ topic: topic('count'), payload, order: 'A-17' });
    await drain('sink');
    const messages = flow.received('results');
    deepEqual(
      messages.map((message) => [message.topic, Reflect.get(message, 'order')]),
      Array.from({ length: 2 }, () => [topic('count'), 'A-17']),
    );
    equal((await plc.get(db1)).readInt16BE(0), 8);
  });

  it('refuse messages when 500 wait for a PLC that does not answer', async () => {
    const flow = await start({ write: {}, connection: { allowWrites: true, timeoutMs: '2000' } });
    await until(() => isConnected(flow), { deadlineMs: 8_000, what: 'the connection' });
    proxy.stall();
    for (let sent = 0; sent < 503; sent += 1) flow.node('write').receive({ topic: topic('count'), payload: 7 });
    await until(() => errorCodes(flow).length >= 3, { deadlineMs: 1_500, what: 'three errors' });
    deepEqual(errorCodes(flow), Array(3).fill('queue-full'));
  });

  it('say of a write without an answer that it may or may not be done, and keep none for later', async () => {
    await start({ write: {}, connection: { allowWrites: true } });
    await results([{ topic: topic('count'), value: 7 }]);
    proxy.stall();
    const [stalled] = await results([{ topic: topic('count'), value: 8 }]);
    equal(stalled?.['ok'], false);
    await proxy.refuse();
    const flow = running;
    flow?.node('write').receive({ topic: topic('count'), payload: 9 });
    const messages = await received('results', 3);
    const refused: unknown = messages[2]?.payload;
    deepEqual(Array.isArray(refused) && refused.filter(isRecord).map(({ code }) => code), ['disconnected']);
    await proxy.resume();
    const [again] = await results([{ topic: topic('count'), value: 10 }]);
    deepEqual([again?.['ok'], again?.['old'] === 9], [true, false]);
  });
});
