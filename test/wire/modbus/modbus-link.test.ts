import { deepEqual, equal, ok } from 'node:assert/strict';
import { type Sample, systemClock } from '@bulkhead/core';
import { createTraffic, type Traffic } from '@bulkhead/node-kit';
import { tcpTransport } from '../../../nodes/modbus/src/io/modbus-tcp.ts';
import { createLink, type Link, type LinkState } from '../../../nodes/modbus/src/modbus-connection/link.ts';
import { readModbusRead } from '../../../nodes/modbus/src/modbus-read/config.ts';
import { createPoller, type Poller } from '../../../nodes/modbus/src/modbus-read/poller.ts';
import { createFaultProxy, type FaultProxy } from '../../support/fault-proxy.ts';
import { createModbusDevice, type ModbusDevice } from '../../support/modbus-device.ts';
import { until } from '../../support/until.ts';

const topic = (name: string): string => `umh.v1.test._raw.${name}`;

const tags = [
  { topic: topic('count'), area: 'holding', address: 0, type: 'uint16' },
  { topic: topic('twin'), area: 'holding', address: 1, type: 'uint16' },
  { topic: topic('far'), area: 'holding', address: 500, type: 'float32' },
  { topic: topic('coil'), area: 'coil', address: 3, type: 'bool' },
];

describe('Modbus reader against a modbus-serial device', () => {
  let device: ModbusDevice;
  let proxy: FaultProxy;
  let link: Link;
  let poller: Poller;
  let traffic: Traffic;
  let batches: Sample[][];
  let states: LinkState['kind'][];

  const last = (name: string): Sample | undefined => batches.at(-1)?.find((sample) => sample.topic === topic(name));
  const start = (over: { pollMs?: number; tags?: object[] } = {}): void => {
    const read = readModbusRead({ pollMs: 20, tags, ...over });
    if (!read.ok) throw new Error(read.problem);
    link = createLink({
      open: tcpTransport({ host: '127.0.0.1', port: proxy.port, timeoutMs: 100 }),
      clock: systemClock,
      random: Math.random,
      backOff: { firstMs: 20, factor: 2, maxMs: 100, jitter: 0.3 },
      timeoutMs: 100,
      maxInFlight: 4,
      maxQueued: 100,
    });
    link.watch((state) => states.push(state.kind));
    traffic = createTraffic(systemClock);
    poller = createPoller({
      config: read.config,
      unit: 1,
      link,
      clock: systemClock,
      traffic,
      emit: (samples) => batches.push(samples),
      onChange: () => undefined,
      report: () => undefined,
    });
    link.start();
    poller.start();
  };
  const goodBatch = (): Promise<Sample[]> => {
    const from = batches.length;
    return until(() => batches.slice(from).find((batch) => batch.every(({ quality }) => quality === 'good')), {
      deadlineMs: 5_000,
      what: 'a cycle with only good samples',
    });
  };

  beforeEach(async () => {
    batches = [];
    states = [];
    device = await createModbusDevice();
    proxy = await createFaultProxy(device.port);
    device.registers.set([7, 7]);
    device.registers.set([0x3fc0, 0], 500);
    device.bits[3] = true;
  });

  afterEach(async () => {
    poller.stop();
    link.stop();
    await proxy.close();
    await device.close();
  });

  it('gives every tag in every cycle, with one time', async () => {
    start();
    const batch = await goodBatch();
    deepEqual(batch.map(({ topic: name, value }) => [name, value]).sort(), [
      [topic('coil'), true],
      [topic('count'), 7],
      [topic('far'), 1.5],
      [topic('twin'), 7],
    ]);
    equal(new Set(batch.map(({ sourceTime }) => sourceTime)).size, 1);
    ok(Math.abs(Date.now() - (batch[0]?.sourceTime ?? 0)) < 5_000);
  });

  it('reads neighbours as one snapshot', async () => {
    device.onRead = () => {
      const next = ((device.registers[0] ?? 0) + 1) & 0xffff;
      device.registers.set([next, next]);
    };
    start({ pollMs: 10 });
    await until(() => batches.length >= 30, { deadlineMs: 5_000, what: '30 cycles' });
    for (const batch of batches) {
      const [count, twin] = ['count', 'twin'].map(
        (name) => batch.find((sample) => sample.topic === topic(name))?.value,
      );
      equal(count, twin);
    }
  });

  it('turns every answered read into samples, once and in order', async () => {
    let served = 0;
    const answered: number[] = [];
    device.onRead = () => {
      served = (served + 1) & 0xffff;
      answered.push(served);
      device.registers.set([served, served]);
    };
    start({ pollMs: 10, tags: tags.slice(0, 2) });
    await until(() => batches.length >= 50, { deadlineMs: 5_000, what: '50 cycles' });
    await poller.drain();
    deepEqual(
      batches.map((batch) => batch[0]?.value),
      answered,
    );
    equal(new Set(batches.map((batch) => batch[0]?.sourceTime)).size, batches.length);
  });

  it('keeps an exception to the tags of its own block', async () => {
    device.missing.add(500);
    start();
    await until(() => last('far')?.quality === 'bad', { deadlineMs: 5_000, what: 'a bad sample' });
    deepEqual([last('far')?.value, last('far')?.code], [null, 2]);
    deepEqual([last('count')?.value, last('count')?.quality], [7, 'good']);
  });

  it('waits for a device that is absent at the start', async () => {
    await proxy.refuse();
    start();
    await until(() => states.filter((state) => state === 'waiting').length >= 2, {
      deadlineMs: 5_000,
      what: 'retries',
    });
    equal(batches.length, 0);
    await proxy.resume();
    await goodBatch();
  });

  it('says stale once for each tag when the connection is cut, and goes on by itself', async () => {
    start();
    await goodBatch();
    await proxy.refuse();
    await until(() => last('count')?.quality === 'stale', { deadlineMs: 5_000, what: 'stale samples' });
    deepEqual(
      batches.at(-1)?.map(({ value, quality }) => [value, quality]),
      [7, 7, 1.5, true].map((value) => [value, 'stale']),
    );
    await proxy.resume();
    await goodBatch();
    equal(batches.filter((batch) => batch[0]?.quality === 'stale').length, 1);
  });

  it('notices a pulled cable, makes a new connection and goes on', async () => {
    start();
    await goodBatch();
    const before = proxy.accepted();
    proxy.stall();
    await until(() => last('count')?.quality === 'stale', { deadlineMs: 5_000, what: 'stale samples' });
    ok(batches.some((batch) => batch.some(({ code }) => code === 'timeout')));
    await proxy.resume();
    await goodBatch();
    ok(proxy.accepted() > before);
  });

  it('counts an answer that came too late, and still gives its values', async () => {
    start({ pollMs: 300, tags: tags.slice(0, 2) });
    await goodBatch();
    proxy.stall();
    await until(() => last('count')?.code === 'timeout', { deadlineMs: 5_000, what: 'a timeout' });
    await proxy.resume();
    await until(() => traffic.total('late') === 1, { deadlineMs: 5_000, what: 'the late answer' });
    equal(last('count')?.quality, 'good');
  });

  it('drops a connection that brings garbage, without a wrong value', async () => {
    start();
    await goodBatch();
    const before = proxy.accepted();
    proxy.garbage(Buffer.from('this is not modbus at all'));
    await until(() => proxy.accepted() > before, { deadlineMs: 5_000, what: 'a new connection' });
    await goodBatch();
    for (const sample of batches.flat()) {
      if (sample.quality === 'good' && sample.topic === topic('count')) equal(sample.value, 7);
    }
  });

  it('finishes the cycle under way when it is drained, and starts no other', async () => {
    start({ pollMs: 10 });
    await goodBatch();
    await poller.drain();
    const [served, emitted] = [device.requests.length, batches.length];
    deepEqual(last('count')?.quality, 'good');
    await until(() => Date.now() > (last('count')?.sourceTime ?? 0) + 60, {
      deadlineMs: 1_000,
      what: 'six poll times',
    });
    deepEqual([device.requests.length, batches.length], [served, emitted]);
  });
});
