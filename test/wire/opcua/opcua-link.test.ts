import { deepEqual, equal, ok } from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Sample, systemClock } from '@bulkhead/core';
import { createTraffic, type Traffic } from '@bulkhead/node-kit';
import { DataType, StatusCodes } from 'node-opcua';
import { createOpcuaLink } from '../../../nodes/opcua/src/io/opcua-link.ts';
import { readOpcuaConnection } from '../../../nodes/opcua/src/opcua-connection/config.ts';
import type { Link, LinkState } from '../../../nodes/opcua/src/opcua-connection/link.ts';
import { pkiIn } from '../../../nodes/opcua/src/pki/pki.ts';
import { readOpcuaRead } from '../../../nodes/opcua/src/opcua-read/config.ts';
import { isSample } from '../../../nodes/opcua/src/opcua-read/readings.ts';
import { createSubscriber, type Subscriber } from '../../../nodes/opcua/src/opcua-read/subscriber.ts';
import { createFaultProxy, type FaultProxy } from '../../support/fault-proxy.ts';
import { createOpcuaPlant, type OpcuaPlant } from '../../support/opcua-plant.ts';
import { until } from '../../support/until.ts';

const topic = (name: string): string => `umh.v1.test._raw.${name}`;

const variables = {
  count: { dataType: DataType.Int32, value: 0 },
  level: { dataType: DataType.Double, value: 1.5 },
  running: { dataType: DataType.Boolean, value: true },
  name: { dataType: DataType.String, value: 'filler' },
  big: { dataType: DataType.Int64, value: [0x200000, 1] },
  huge: { dataType: DataType.UInt64, value: [0xffffffff, 0xffffffff] },
  when: { dataType: DataType.DateTime, value: new Date(1_700_000_000_000) },
  wave: { dataType: DataType.Float, isArray: true, value: [1, 2, 3] },
};

const row = (name: string, more: object = {}) => ({
  nodeId: `ns=1;s=${name}`,
  topic: topic(name),
  queueSize: 1000,
  ...more,
});

describe('OPC UA reader against a node-opcua server', function () {
  this.timeout(60_000);
  let plant: OpcuaPlant;
  let proxy: FaultProxy;
  let link: Link | undefined;
  let subscriber: Subscriber | undefined;
  let traffic: Traffic;
  let batches: Sample[][];
  let states: LinkState['kind'][];
  let reports: string[];
  const pkiFolder = mkdtempSync(path.join(tmpdir(), 'bulkhead-pki-'));

  const samplesOf = (name: string): Sample[] => batches.flat().filter((sample) => sample.topic === topic(name));
  const lastOf = (name: string): Sample | undefined => samplesOf(name).at(-1);
  const start = (
    tags: object[],
    { connection = {}, credentials = {} }: { connection?: object; credentials?: object } = {},
  ): void => {
    const read = readOpcuaRead({ publishingMs: 50, tags });
    const read2 = readOpcuaConnection(
      {
        endpoint: `opc.tcp://127.0.0.1:${proxy.port}`,
        timeoutMs: 1_000,
        keepAliveMs: 500,
        sessionTimeoutMs: 10_000,
        reconnectFirstMs: 50,
        reconnectMaxMs: 300,
        ...connection,
      },
      credentials,
    );
    if (!read.ok) throw new Error(read.problem);
    if (!read2.ok) throw new Error(read2.problem);
    link = createOpcuaLink({ config: read2.config, pki: pkiIn(pkiFolder), clock: systemClock, random: Math.random });
    link.watch((state) => states.push(state.kind));
    traffic = createTraffic(systemClock);
    subscriber = createSubscriber({
      config: read.config,
      link,
      clock: systemClock,
      traffic,
      emit: (readings) => batches.push(readings.filter(isSample)),
      onChange: () => undefined,
      report: (problem) => reports.push(problem),
    });
    subscriber.start();
    link.start();
  };
  const first = (name: string): Promise<Sample> =>
    until(() => lastOf(name), { deadlineMs: 20_000, what: `a sample of ${name}` });

  before(async () => {
    plant = await createOpcuaPlant({ variables });
  });

  after(async () => {
    await plant?.close();
    rmSync(pkiFolder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    batches = [];
    states = [];
    reports = [];
    proxy = await createFaultProxy(plant.port);
  });

  afterEach(async () => {
    await subscriber?.stop();
    await link?.stop();
    await proxy.close();
  });

  it('gives values of every type with the time and status of the server', async () => {
    const at = new Date(Date.now() - 5_000);
    plant.set('level', 2.5, { at });
    start([
      row('level', { unit: 'm', scale: 2 }),
      row('running'),
      row('name'),
      row('big'),
      row('huge'),
      row('when'),
      row('wave', { stepUs: 50 }),
    ]);
    await first('wave');
    await first('level');
    deepEqual(lastOf('level'), {
      topic: topic('level'),
      value: 5,
      quality: 'good',
      code: 0,
      sourceTime: at.getTime(),
      unit: 'm',
      address: 'ns=1;s=level',
    });
    equal(lastOf('running')?.value, true);
    equal(lastOf('name')?.value, 'filler');
    equal(lastOf('big')?.value, 9_007_199_254_740_993n);
    equal(lastOf('huge')?.value, 18_446_744_073_709_551_615n);
    equal(lastOf('when')?.value, '2023-11-14T22:13:20.000Z');
    deepEqual([lastOf('wave')?.value, lastOf('wave')?.stepUs], [[1, 2, 3], 50]);
  });

  it('loses no change and keeps their order, however many there are between two notifications', async () => {
    start([row('count')]);
    await first('count');
    for (let value = 1; value <= 500; value += 1) plant.set('count', value);
    await until(() => lastOf('count')?.value === 500, { deadlineMs: 5_000, what: 'the last value' });
    deepEqual(
      samplesOf('count')
        .map(({ value }) => value)
        .slice(-500),
      Array.from({ length: 500 }, (_, index) => index + 1),
    );
    ok(batches.some((batch) => batch.length > 1));
  });

  it('gives a value that came again with another time only where the time is a trigger', async () => {
    plant.set('level', 3, { at: new Date(1_000) });
    const triggers = ['timestamp', 'value', 'status'] as const;
    start(triggers.map((trigger) => ({ ...row('level', { trigger }), topic: topic(trigger) })));
    for (const trigger of triggers) await first(trigger);
    plant.set('level', 3, { at: new Date(2_000) });
    plant.set('level', 4, { at: new Date(3_000) });
    plant.set('level', 4, { at: new Date(4_000), code: StatusCodes.UncertainSensorNotAccurate });
    const times = (name: string): number[] => samplesOf(name).map(({ sourceTime }) => sourceTime);
    await until(() => triggers.every((trigger) => times(trigger).includes(4_000)), {
      deadlineMs: 10_000,
      what: 'the change that every trigger reports',
    });
    deepEqual(times('timestamp'), [1_000, 2_000, 3_000, 4_000]);
    deepEqual(times('value'), [1_000, 3_000, 4_000]);
    deepEqual(times('status'), [1_000, 4_000]);
  });

  it('gives a bad status as null and an uncertain one with its value', async () => {
    start([row('level')]);
    await first('level');
    plant.set('level', 7, { code: StatusCodes.BadSensorFailure });
    await until(() => lastOf('level')?.quality === 'bad', { deadlineMs: 5_000, what: 'a bad sample' });
    deepEqual([lastOf('level')?.value, lastOf('level')?.code], [null, StatusCodes.BadSensorFailure.value]);
    plant.set('level', 8, { code: StatusCodes.UncertainLastUsableValue });
    await until(() => lastOf('level')?.quality === 'uncertain', { deadlineMs: 5_000, what: 'an uncertain sample' });
    equal(lastOf('level')?.value, 8);
    plant.set('level', 1.5);
    await until(() => lastOf('level')?.quality === 'good', { deadlineMs: 5_000, what: 'a good sample' });
  });

  it('keeps one bad item from costing the others, and says which it is', async () => {
    start([row('level'), { nodeId: 'ns=1;s=absent', topic: topic('absent') }, row('name')]);
    await first('name');
    await first('absent');
    deepEqual(
      [lastOf('absent')?.quality, lastOf('absent')?.value, lastOf('absent')?.code],
      ['bad', null, StatusCodes.BadNodeIdUnknown.value],
    );
    equal(lastOf('level')?.quality, 'good');
    equal(reports.length, 1);
    ok(reports[0]?.includes('ns=1;s=absent'));
  });

  it('counts what the server had to throw away because the queue was too short', async () => {
    start([row('count', { queueSize: 5 })]);
    await first('count');
    for (let value = 1000; value < 1100; value += 1) plant.set('count', value);
    await until(() => lastOf('count')?.value === 1099, { deadlineMs: 5_000, what: 'the last value' });
    ok(traffic.total('overflow') > 0);
  });

  it('waits for a server that is absent at the start', async () => {
    await proxy.refuse();
    start([row('level')]);
    await until(() => states.filter((state) => state === 'waiting').length >= 2, {
      deadlineMs: 20_000,
      what: 'retries',
    });
    equal(batches.length, 0);
    await proxy.resume();
    await first('level');
    equal(lastOf('level')?.quality, 'good');
  });

  it('says stale once when the connection is cut, then brings all that changed meanwhile', async () => {
    plant.set('count', 0);
    start([row('count'), row('level'), row('name')]);
    await first('count');
    await first('name');
    await proxy.refuse();
    await until(() => lastOf('name')?.quality === 'stale', { deadlineMs: 10_000, what: 'stale samples' });
    equal(lastOf('name')?.value, 'filler');
    for (let value = 1; value <= 50; value += 1) plant.set('count', value);
    await proxy.resume();
    const confirmed = (): boolean => {
      const [last, before] = samplesOf('name').toReversed();
      return last?.quality === 'good' && before !== undefined && last.sourceTime > before.sourceTime;
    };
    await until(() => lastOf('count')?.value === 50 && confirmed(), { deadlineMs: 20_000, what: 'good samples again' });
    // This server repeats its current values to a session that came back, with their old times: same rows again.
    const counts = samplesOf('count').filter(({ quality }) => quality === 'good');
    deepEqual(
      [...new Set(counts.map(({ value }) => value))],
      Array.from({ length: 51 }, (_, index) => index),
    );
    equal(samplesOf('name').filter(({ quality }) => quality === 'stale').length, 1);
    const stale = samplesOf('name').find(({ quality }) => quality === 'stale');
    ok((lastOf('name')?.sourceTime ?? 0) > (stale?.sourceTime ?? 0));
  });

  it('notices a pulled cable and loses nothing of what the server queued', async () => {
    plant.set('count', 0);
    start([row('count')]);
    await first('count');
    proxy.stall();
    for (let value = 1; value <= 50; value += 1) plant.set('count', value);
    await until(() => lastOf('count')?.quality === 'stale', { deadlineMs: 15_000, what: 'a stale sample' });
    for (let value = 51; value <= 100; value += 1) plant.set('count', value);
    proxy.cut();
    await proxy.resume();
    await until(() => lastOf('count')?.value === 100, { deadlineMs: 20_000, what: 'the last value' });
    const counts = samplesOf('count').filter(({ quality }) => quality === 'good');
    deepEqual(
      [...new Set(counts.map(({ value }) => value))],
      Array.from({ length: 101 }, (_, index) => index),
    );
  });

  it('asks again for a notification that was lost right after a keep-alive', async () => {
    plant.set('count', 0);
    // A server that takes longer to give the session back loses it, and what it queued.
    start([row('count')], { connection: { timeoutMs: 2_000 } });
    await first('count');
    await until(() => states.at(-1) === 'connected', { deadlineMs: 1_000, what: 'a connection' });
    // Long enough for keep-alives, which announce the number of the next notification.
    const idleFrom = Date.now();
    await until(() => Date.now() - idleFrom > 1_500, { deadlineMs: 3_000, what: 'three keep-alive times' });
    proxy.stall();
    for (let value = 1; value <= 5; value += 1) plant.set('count', value);
    await until(() => lastOf('count')?.quality === 'stale', { deadlineMs: 15_000, what: 'a stale sample' });
    proxy.cut();
    await proxy.resume();
    await until(() => lastOf('count')?.value === 5, { deadlineMs: 20_000, what: 'the value that was lost on the way' });
    const counts = samplesOf('count').filter(({ quality }) => quality === 'good');
    deepEqual([...new Set(counts.map(({ value }) => value))], [0, 1, 2, 3, 4, 5]);
  });

  it('drops a connection that brings garbage and goes on', async () => {
    start([row('count')]);
    await first('count');
    const before = proxy.accepted();
    proxy.garbage(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await until(() => proxy.accepted() > before, { deadlineMs: 15_000, what: 'a new connection' });
    plant.set('count', 77);
    await until(() => lastOf('count')?.value === 77, { deadlineMs: 20_000, what: 'a value' });
  });

  it('subscribes anew when the server has forgotten the session', async () => {
    start([row('count')]);
    await first('count');
    plant.forgetSessions();
    plant.set('count', 78);
    await until(() => lastOf('count')?.value === 78, { deadlineMs: 20_000, what: 'a value' });
    plant.set('count', 79);
    await until(() => lastOf('count')?.value === 79, { deadlineMs: 20_000, what: 'a further value' });
  });

  it('comes back from an outage that outlived session and subscription, both of 2 s', async () => {
    plant.set('count', 0);
    start([row('count')], { connection: { timeoutMs: 800, keepAliveMs: 400, sessionTimeoutMs: 2_000 } });
    await first('count');
    proxy.stall();
    await until(() => plant.sessions() === 0, { deadlineMs: 10_000, what: 'the end of the session at the server' });
    plant.set('count', 80);
    await proxy.resume();
    proxy.cut();
    await until(() => lastOf('count')?.value === 80, { deadlineMs: 20_000, what: 'a value' });
    const qualities = samplesOf('count').map(({ quality }) => quality);
    deepEqual(qualities, ['good', 'stale', 'good']);
  });

  it('gives all that the server holds when it is drained, then ends the subscription', async () => {
    start([row('count', { samplingMs: 0 })]);
    await first('count');
    for (let value = 1; value <= 300; value += 1) plant.set('count', value);
    await subscriber?.drain(5_000);
    equal(lastOf('count')?.value, 300);
    const emitted = batches.length;
    plant.set('count', 301);
    await link?.stop();
    equal(batches.length, emitted);
    equal(plant.sessions(), 0);
  });

  it('leaves no session behind', async () => {
    start([row('count')]);
    await first('count');
    await subscriber?.stop();
    await link?.stop();
    equal(plant.sessions(), 0);
  });
});
