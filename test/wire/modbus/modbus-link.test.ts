import { deepEqual, equal, ok } from 'node:assert/strict';
import type { Sample } from '@bulkhead/core';
import { createFaultProxy, type FaultProxy } from '../../support/fault-proxy.ts';
import { createModbusDevice, type ModbusDevice } from '../../support/modbus-device.ts';
import { type ModbusReading, startModbusReading } from '../../support/modbus-house.ts';
import { until } from '../../support/until.ts';

const topic = (name: string): string => `umh.v1.test._raw.${name}`;
const isGood = ({ quality }: Sample): boolean => quality === 'good';

const tags = [
  { topic: topic('count'), area: 'holding', address: 0, type: 'uint16' },
  { topic: topic('twin'), area: 'holding', address: 1, type: 'uint16' },
  { topic: topic('far'), area: 'holding', address: 500, type: 'float32' },
  { topic: topic('coil'), area: 'coil', address: 3, type: 'bool' },
];

describe('Modbus reader against a modbus-serial device', () => {
  let device: ModbusDevice;
  let proxy: FaultProxy;
  let reading: ModbusReading;

  const start = (node: object = {}, timeoutMs = 100): void => {
    reading = startModbusReading({ port: proxy.port, timeoutMs, node: { tags, ...node } });
  };
  const last = (name: string): Sample | undefined => reading.last(topic(name));
  /** Waits from before the outage on: what it brings may come at once. */
  const staleAfter = async (act: () => Promise<void>): Promise<Sample[]> => {
    const stale = reading.nextBatch(({ quality }) => quality === 'stale');
    await act();
    return stale;
  };

  beforeEach(async () => {
    device = await createModbusDevice();
    proxy = await createFaultProxy(device.port);
    device.registers.set([7, 7]);
    device.registers.set([0x3fc0, 0], 500);
    device.bits[3] = true;
  });

  afterEach(async () => {
    reading.stop();
    await proxy.close();
    await device.close();
  });

  it('gives every tag in every cycle, with one time', async () => {
    start();
    const batch = await reading.nextBatch(isGood);
    deepEqual(
      batch.map(({ topic: name, value }) => [name, value]),
      [
        [topic('count'), 7],
        [topic('twin'), 7],
        [topic('far'), 1.5],
        [topic('coil'), true],
      ],
    );
    equal(new Set(batch.map(({ sourceTime }) => sourceTime)).size, 1);
    ok(Math.abs(Date.now() - (batch[0]?.sourceTime ?? 0)) < 5_000);
  });

  it('reads neighbours as one snapshot', async () => {
    device.onRead = () => {
      const next = ((device.registers[0] ?? 0) + 1) & 0xffff;
      device.registers.set([next, next]);
    };
    start({ pollMs: 10 });
    await until(() => reading.batches.length >= 30, { deadlineMs: 5_000, what: '30 cycles' });
    for (const batch of reading.batches) {
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
    start({ pollMs: 10, tags: tags.slice(0, 2) }, 2_000);
    await until(() => reading.batches.length >= 50, { deadlineMs: 5_000, what: '50 cycles' });
    await reading.reader.drain();
    deepEqual(
      reading.batches.map((batch) => batch[0]?.value),
      answered,
    );
    equal(new Set(reading.batches.map((batch) => batch[0]?.sourceTime)).size, reading.batches.length);
  });

  it('costs a wrong address its own tag only, with few requests more, and reads it as soon as it is there', async () => {
    const many = Array.from({ length: 40 }, (_, at) => ({ topic: topic(`t${at}`), address: 100 + at }));
    device.missing.add(117);
    start({ tags: many });
    const isAsExpected = ({ topic: name, quality }: Sample): boolean => (quality === 'bad') === name.endsWith('.t17');
    const first = await reading.nextBatch(isAsExpected);
    equal(first.length, 40);
    deepEqual([last('t17')?.value, last('t17')?.code], [null, 2]);
    await reading.nextBatch(isAsExpected);
    const from = device.requests.length;
    const cycles = reading.batches.length;
    await until(() => reading.batches.length >= cycles + 3, { deadlineMs: 5_000, what: 'three cycles' });
    // What it learnt: the block in two parts without the tag, and the tag for itself, which is refused.
    ok(device.requests.length - from <= 10, `${device.requests.length - from} answered requests`);
    equal(reading.reports.filter((report) => report.includes('illegal data address')).length, 1);
    device.missing.clear();
    await reading.nextBatch(isGood);
  });

  it('costs a unit that does not answer its own tags only, and reads it as soon as it does', async () => {
    const [count] = tags;
    device.silent.add(9);
    start({ tags: [count, { ...count, topic: topic('other'), unitId: '9' }] });
    await until(() => last('other')?.code === 'silent-unit', { deadlineMs: 5_000, what: 'a unit that is given up' });
    const before = reading.batches.length;
    await until(() => reading.batches.length >= before + 10, { deadlineMs: 5_000, what: 'ten cycles' });
    for (const { topic: name, value, quality } of reading.batches.flat()) {
      deepEqual([value, quality], name === topic('other') ? [null, 'bad'] : [7, 'good']);
    }
    deepEqual(reading.states, ['idle', 'connecting', 'connected']);
    device.silent.delete(9);
    await until(() => last('other')?.value === 7, { deadlineMs: 5_000, what: 'the unit to be asked again' });
  });

  it('reads on when what lies in a gap is not there', async () => {
    device.missing.add(203);
    const gap = [200, 206].map((address) => ({ topic: topic(`t${address}`), address }));
    start({ tags: gap, maxGap: 20 });
    await reading.nextBatch(isGood);
    const retries = reading.traffic.total('retry');
    for (let cycle = 0; cycle < 3; cycle += 1) await reading.nextBatch(isGood);
    deepEqual([retries, reading.traffic.total('retry')], [1, 1]);
  });

  it('waits for a device that is absent at the start', async () => {
    await proxy.refuse();
    start();
    await until(() => reading.states.filter((state) => state === 'waiting').length >= 2, {
      deadlineMs: 5_000,
      what: 'retries',
    });
    equal(reading.batches.length, 0);
    await proxy.resume();
    await reading.nextBatch(isGood);
  });

  it('says stale once for each tag when the connection is cut, and goes on by itself', async () => {
    start();
    await reading.nextBatch(isGood);
    const stale = await staleAfter(proxy.refuse);
    deepEqual(
      stale.map(({ value, quality }) => [value, quality]),
      [7, 7, 1.5, true].map((value) => [value, 'stale']),
    );
    await proxy.resume();
    await reading.nextBatch(isGood);
    equal(reading.batches.filter((batch) => batch[0]?.quality === 'stale').length, 1);
  });

  it('says nothing of an outage that is over before tags count as stale', async () => {
    start({ staleMs: 5_000 });
    await reading.nextBatch(isGood);
    proxy.cut();
    await until(() => reading.link.reconnects === 1, { deadlineMs: 5_000, what: 'a new connection' });
    await reading.nextBatch(isGood);
    equal(reading.batches.flat().filter(({ quality }) => quality === 'stale').length, 0);
  });

  it('notices a pulled cable, makes a new connection and goes on after an outage of many timeouts', async () => {
    start();
    await reading.nextBatch(isGood);
    const before = proxy.accepted();
    const stale = await staleAfter(async () => proxy.stall());
    equal(stale.length, tags.length);
    ok(reading.batches.some((batch) => batch.some(({ code }) => code === 'timeout')));
    await until(() => proxy.accepted() > before + 1, { deadlineMs: 10_000, what: 'connections that come to nothing' });
    await proxy.resume();
    await reading.nextBatch(isGood);
  });

  it('counts an answer that came too late, and still gives its values', async () => {
    start({ pollMs: 300, tags: tags.slice(0, 2) });
    await reading.nextBatch(isGood);
    proxy.stall();
    await until(() => last('count')?.code === 'timeout', { deadlineMs: 5_000, what: 'a timeout' });
    await proxy.resume();
    await until(() => reading.traffic.total('late') >= 1, { deadlineMs: 5_000, what: 'the late answer' });
    equal(last('count')?.quality, 'good');
  });

  it('drops a connection that brings garbage, without a wrong value', async () => {
    start();
    await reading.nextBatch(isGood);
    const before = proxy.accepted();
    proxy.garbage(Buffer.from('this is not modbus at all'));
    await until(() => proxy.accepted() > before, { deadlineMs: 5_000, what: 'a new connection' });
    await reading.nextBatch(isGood);
    for (const sample of reading.batches.flat()) {
      if (sample.quality === 'good' && sample.topic === topic('count')) equal(sample.value, 7);
    }
  });

  it('reads at the pace of a device that sends byte after byte, without a wrong value', async () => {
    start({ pollMs: 10 });
    await reading.nextBatch(isGood);
    // An answer of 11 bytes takes longer than the timeout of 100 ms.
    proxy.drip(15);
    await until(() => reading.traffic.total('late') > 2, { deadlineMs: 8_000, what: 'late answers' });
    for (const sample of reading.batches.flat()) {
      if (sample.quality === 'good' && sample.topic === topic('count')) equal(sample.value, 7);
    }
    proxy.drip(1);
    await reading.nextBatch(isGood);
  });

  it('finishes the cycle under way when it is drained, and starts no other', async () => {
    start({ pollMs: 10 });
    await reading.nextBatch(isGood);
    await reading.reader.drain();
    const [served, emitted] = [device.requests.length, reading.batches.length];
    deepEqual(last('count')?.quality, 'good');
    await until(() => Date.now() > (last('count')?.sourceTime ?? 0) + 60, {
      deadlineMs: 1_000,
      what: 'six poll times',
    });
    deepEqual([device.requests.length, reading.batches.length], [served, emitted]);
  });
});
