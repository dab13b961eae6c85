import { deepEqual, equal, ok } from 'node:assert/strict';
import { isRecord } from '@bulkhead/core';
import { freePort } from '../../support/free-port.ts';
import { type RunningFlow, startFlow } from '../../support/flow.ts';
import { until } from '../../support/until.ts';

const types = ['modbus/modbus-connection', 'modbus/modbus-read', 'modbus/modbus-write', 'modbus/modbus-server'];
const topic = (name: string): string => `umh.v1.test._raw.${name}`;
const row = (name: string, address: string, type: string, more: object = {}) => ({
  topic: topic(name),
  area: 'holding',
  address,
  type,
  ...more,
});
const served = [
  row('count', '0', 'uint16', { access: 'write', initial: '41' }),
  row('bit', '1.3', 'bool', { access: 'write', initial: 'false' }),
  row('name', '2', 'latin1', { count: '8', access: 'write', initial: 'hi' }),
  row('wide', '6', 'uint64', { access: 'write', initial: '0' }),
  row('fixed', '20', 'int16', { initial: '5' }),
  row('later', '21', 'float32'),
];
const writeTags = [
  row('count', '0', 'uint16', { min: '0', max: '1000' }),
  row('bit', '1.3', 'bool'),
  row('name', '2', 'latin1', { count: '8' }),
  row('wide', '6', 'uint64'),
  row('fixed', '20', 'int16'),
];
const helpers = ['out', 'diagnostics', 'results', 'written', 'errors'];

describe('a modbus server, and the nodes that read and write it', function () {
  this.timeout(30_000);
  let port: number;
  let running: RunningFlow;

  const start = async (nodes: { read?: object; write?: object; server?: object; allowWrites?: boolean } = {}) => {
    running = await startFlow({
      types,
      flow: [
        { id: 'tab', type: 'tab', label: 'test' },
        {
          id: 'device',
          type: 'modbus-connection',
          host: '127.0.0.1',
          port: String(port),
          timeoutMs: '500',
          reconnectFirstMs: '50',
          reconnectMaxMs: '200',
          allowWrites: nodes.allowWrites ?? true,
        },
        {
          id: 'server',
          type: 'modbus-server',
          z: 'tab',
          port: String(port),
          tags: served,
          wires: [['written']],
          ...nodes.server,
        },
        {
          id: 'read',
          type: 'modbus-read',
          z: 'tab',
          connection: 'device',
          pollMs: '50',
          tags: served.map(({ topic: name, address, type, area, ...rest }) => ({
            topic: name,
            area,
            address,
            type,
            ...('count' in rest ? { count: rest.count } : {}),
          })),
          wires: [['out'], ['diagnostics']],
          ...nodes.read,
        },
        {
          id: 'write',
          type: 'modbus-write',
          z: 'tab',
          name: 'recipe',
          connection: 'device',
          tags: writeTags,
          wires: [['results']],
          ...nodes.write,
        },
        ...helpers.map((id) => ({ id, type: 'helper', z: 'tab' })),
        { id: 'catch', type: 'catch', z: 'tab', scope: null, uncaught: false, wires: [['errors']] },
      ],
    });
  };
  const received = (id: string, count = 1) =>
    until(() => (running.received(id).length >= count ? running.received(id) : undefined), {
      deadlineMs: 8_000,
      what: `${count} messages at ${id}`,
    });
  const samplesOf = (message: { payload?: unknown } | undefined): Record<string, unknown>[] =>
    Array.isArray(message?.payload) ? message.payload.filter(isRecord) : [];
  /** The next cycle in which the tag has this value. */
  const reads = (name: string, value: unknown) =>
    until(
      () =>
        samplesOf(running.received('out').at(-1)).find((sample) => sample['topic'] === topic(name))?.['value'] ===
        value,
      { deadlineMs: 8_000, what: `${name} = ${String(value)}` },
    );
  /** But for what the reader says of the tag that has no value yet. */
  const errorCodes = (): unknown[] =>
    running
      .received('errors')
      .map((message) => {
        const error: unknown = Reflect.get(message, 'error');
        return isRecord(error) ? error['code'] : undefined;
      })
      .filter((code) => code !== 'read-failed');
  const results = async (payload: object[], more: object = {}) => {
    const before = running.received('results').length;
    running.node('write').receive({ payload, ...more });
    return samplesOf((await received('results', before + 1)).at(-1));
  };

  beforeEach(async () => {
    port = await freePort();
  });
  afterEach(() => running.stop());

  it('serve what messages set, and say what clients wrote', async () => {
    await start();
    await reads('count', 41);
    deepEqual(
      samplesOf(running.received('out').at(-1)).map(({ value, quality, code }) => [value, quality, code]),
      [
        [41, 'good', undefined],
        [false, 'good', undefined],
        ['hi', 'good', undefined],
        [0n, 'good', undefined],
        [5, 'good', undefined],
        // No message has brought it yet.
        [null, 'bad', 4],
      ],
    );
    running.node('server').receive({ topic: topic('later'), payload: 2.5 });
    await reads('later', 2.5);
    running.node('server').receive({ payload: [{ topic: topic('fixed'), value: 70_000 }] });
    await until(() => errorCodes().includes('invalid-value'), { deadlineMs: 3_000, what: 'an error' });
    await results([{ topic: topic('count'), value: 7 }]);
    const [written] = await received('written');
    deepEqual(
      samplesOf(written).map(({ topic: name, value }) => [name, value]),
      [[topic('count'), 7]],
    );
    ok(/^127\.0\.0\.1:\d+$/.test(String(Reflect.get(written ?? {}, 'client'))));
  });

  it('write a batch in its order, give a result for each value, and log who, what, old and new', async () => {
    await start({ write: { readBack: 'along' } });
    await reads('count', 41);
    const logged: string[] = [];
    const write = running.node('write');
    write.log = (line: unknown) => void logged.push(String(line));
    const written = await results(
      [
        { topic: topic('count'), value: 500 },
        { topic: topic('bit'), value: true },
        { topic: topic('name'), value: 'HELLO' },
        { topic: topic('wide'), value: 9_007_199_254_740_993n },
      ],
      { user: 'anna' },
    );
    deepEqual(
      written.map(({ ok: isWritten, old, readBack }) => [isWritten, old, readBack]),
      [
        [true, 41, 500],
        [true, false, true],
        [true, 'hi', 'HELLO'],
        [true, 0n, 9_007_199_254_740_993n],
      ],
    );
    deepEqual(
      logged,
      Array.from({ length: 4 }, () => 'modbus-write.log.written'),
    );
    deepEqual(errorCodes(), []);
  });

  it('write what may be written of a batch, and say what is wrong with the rest', async () => {
    await start();
    await reads('count', 41);
    const written = await results([
      { topic: topic('count'), value: 7 },
      { topic: topic('count'), value: 1_001 },
      { topic: topic('count'), value: 1.5 },
      { topic: topic('name'), value: 'nine chars' },
      { topic: topic('fixed'), value: 1 },
      { topic: topic('nowhere'), value: 1 },
      { topic: topic('bit'), value: true, quality: 'stale' },
    ]);
    deepEqual(
      written.map(({ ok: isWritten, code }) => (isWritten === true ? 'ok' : code)),
      ['ok', 'out-of-range', 'wrong-type', 'out-of-range', 'refused', 'unknown-tag', 'no-value'],
    );
    await until(() => errorCodes().length > 0, { deadlineMs: 3_000, what: 'an error' });
    deepEqual(errorCodes(), ['write-failed']);
  });

  it('ask the unit that they name', async () => {
    await start({ server: { unitId: '3' }, read: { unitId: '3' }, write: { unitId: '3' } });
    await reads('count', 41);
    deepEqual(
      (await results([{ topic: topic('count'), value: 7 }])).map(({ ok: isWritten, old }) => [isWritten, old]),
      [[true, 41]],
    );
  });

  it('write nothing while the connection does not allow it', async () => {
    await start({ allowWrites: false });
    await reads('count', 41);
    running.node('write').receive({ topic: topic('count'), payload: 7 });
    await until(() => errorCodes().length > 0, { deadlineMs: 3_000, what: 'an error' });
    deepEqual([errorCodes(), running.received('written').length], [['writes-off'], 0]);
  });

  it('do what a message commands, send by deadband and heartbeat, and report on themselves', async () => {
    const tags = [
      row('count', '0', 'uint16', { deadband: '20%', range: '0..50' }),
      row('fixed', '20', 'int16', { heartbeatS: '1', deadband: '0' }),
    ];
    await start({ read: { tags, pollMs: '20', diagnosticsS: '1' } });
    const sent = (name: string): unknown[] =>
      running
        .received('out')
        .flatMap(samplesOf)
        .filter((sample) => sample['topic'] === topic(name))
        .map(({ value }) => value);
    await until(() => sent('count').length > 0, { deadlineMs: 5_000, what: 'a value' });
    for (const value of [45, 60]) running.node('server').receive({ topic: topic('count'), payload: value });
    await until(() => sent('fixed').length > 1, { deadlineMs: 5_000, what: 'a heartbeat' });
    deepEqual(sent('count'), [41, 60]);
    running.node('read').receive({ command: 'add', payload: { topic: topic('bit'), address: '1.3', type: 'bool' } });
    await until(() => sent('bit').length > 0, { deadlineMs: 5_000, what: 'the added tag' });
    running.node('read').receive({ command: 'jump' });
    await until(() => errorCodes().includes('invalid-command'), { deadlineMs: 3_000, what: 'an error' });
    const report: unknown = (await received('diagnostics')).at(-1)?.payload;
    ok(isRecord(report));
    deepEqual([report['connection'], report['reconnects']], ['connected', 0]);
    // One of the two requests of a cycle may be waiting for the other.
    ok(Number(report['cycles']) > 5 && Number(report['queued']) < 2, JSON.stringify(report));
  });

  it('free their port for the next deploy', async () => {
    await start();
    await reads('count', 41);
    const before = running.received('out').length;
    await running.deploy();
    await received('out', before + 3);
    equal(errorCodes().includes('cannot-listen'), false);
  });
});
