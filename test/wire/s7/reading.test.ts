import { deepEqual, equal, ok } from 'node:assert/strict';
import type { Sample } from '@bulkhead/core';
import { createFaultProxy, type FaultProxy } from '../../support/fault-proxy.ts';
import { type S7Plc, startS7Plc } from '../../support/s7-plc.ts';
import { type S7Reading, startReading } from '../../support/s7-house.ts';
import { until } from '../../support/until.ts';

const topic = (name: string): string => `umh.v1.test._raw.${name}`;
const db1 = { area: 'DB', db: 1 } as const;
const isGood = ({ quality }: Sample): boolean => quality === 'good';

const tags = [
  { topic: topic('real'), address: 'DB1,REAL0' },
  { topic: topic('count'), address: 'DB1.DBW4', type: 'INT' },
  { topic: topic('running'), address: 'DB1.DBX6.3' },
  { topic: topic('far'), address: 'DB1,LINT400' },
  { topic: topic('flag'), address: '%M2.0' },
  { topic: topic('timer'), address: 'T0' },
];

function memoryOf(count = 7): { area: { area: 'DB'; db: number }; bytes: Buffer } {
  const bytes = Buffer.alloc(500);
  bytes.writeFloatBE(1.5, 0);
  bytes.writeInt16BE(count, 4);
  bytes[6] = 0b1000;
  bytes.writeBigInt64BE(-9_007_199_254_740_993n, 400);
  return { area: db1, bytes };
}

describe('S7 reader against the server of snap7', function () {
  this.timeout(60_000);
  let plc: S7Plc;
  let proxy: FaultProxy;
  let reading: S7Reading;
  const start = (node: object = {}, options: object = {}): void => {
    reading = startReading({ port: proxy.port, node: { tags, ...node }, ...options });
  };

  /** Waits from before the outage on: what it brings may come at once. */
  const staleAfter = async (act: () => Promise<void>): Promise<Sample[]> => {
    const stale = reading.nextBatch(({ quality }) => quality === 'stale');
    await act();
    return stale;
  };

  beforeEach(async () => {
    plc = await startS7Plc([
      memoryOf(),
      { area: { area: 'M' }, bytes: Buffer.from([0, 0, 1, 0]) },
      // 150 × 100 ms. Only the first: snap7's server looks for the others in the wrong place.
      { area: { area: 'T' }, bytes: Buffer.from('1150', 'hex') },
    ]);
    proxy = await createFaultProxy(plc.port);
  });

  afterEach(async () => {
    reading.stop();
    await proxy.close();
    await plc.close();
  });

  it('gives every tag in every cycle, with its type and with one time', async () => {
    start();
    const batch = await reading.nextBatch(isGood);
    deepEqual(
      batch.map(({ topic: name, value }) => [name.split('.').at(-1), value]),
      [
        ['real', 1.5],
        ['count', 7],
        ['running', true],
        ['far', -9_007_199_254_740_993n],
        ['flag', true],
        ['timer', 15_000],
      ],
    );
    equal(new Set(batch.map(({ sourceTime }) => sourceTime)).size, 1);
    ok(Math.abs(Date.now() - (batch[0]?.sourceTime ?? 0)) < 5_000);
  });

  it('reads inputs, outputs and counters, in English letters and in German ones', async () => {
    await plc.register({ area: 'I' }, Buffer.from('0400fffe', 'hex'));
    await plc.register({ area: 'Q' }, Buffer.from('1020', 'hex'));
    await plc.register({ area: 'C' }, Buffer.from('0123', 'hex'));
    const both: ReadonlyArray<[english: string, german: string, value: unknown]> = [
      ['I0.2', '%E0.2', true],
      ['%IW2', 'EW2', 0xfffe],
      ['QW0', '%AW0', 0x1020],
      ['%Q0.5', 'A0.5', false],
      ['C0', 'Z0', 123],
    ];
    const rows = both.flatMap(([english, german], index) => [
      { topic: topic(`en${index}`), address: english },
      { topic: topic(`de${index}`), address: german },
    ]);
    start({ tags: rows });
    const batch = await reading.nextBatch(isGood);
    deepEqual(
      batch.map(({ value }) => value),
      both.flatMap(([, , value]) => [value, value]),
    );
  });

  it('agrees on the message size that the PLC wants', async () => {
    await plc.close();
    plc = await startS7Plc([memoryOf()], { port: plc.port, maxPdu: 240 });
    // As one item its answer would be larger than that.
    start({ tags: [...tags.slice(0, 4), { topic: topic('array'), address: 'DB1,BYTE20.350' }] });
    const batch = await reading.nextBatch(isGood);
    equal(batch.length, 4 + 350);
    const { state } = reading.link;
    equal(state.kind === 'connected' && state.agreement.pduBytes, 240);
  });

  it('reads a thousand scattered values, of which no message carries more than 19', async () => {
    const bytes = Buffer.alloc(60_000);
    const scattered = Array.from({ length: 1_000 }, (_, index) => {
      bytes.writeInt32BE(index * 3, index * 60);
      return { topic: topic(`v${index}`), address: `DB2,DINT${index * 60}` };
    });
    await plc.register({ area: 'DB', db: 2 }, bytes);
    for (const pduBytes of [240, 480, 960]) {
      start({ tags: scattered, maxGap: 0 }, { pduBytes });
      const batch = await reading.nextBatch(isGood);
      deepEqual(
        batch.map(({ value }) => value),
        scattered.map((_, index) => index * 3),
      );
      reading.stop();
    }
  });

  it('costs a wrong address its own tag only, and reads it as soon as it is there', async () => {
    const many = Array.from({ length: 40 }, (_, index) => ({
      topic: topic(`n${index}`),
      address: `DB1,INT${418 + index * 2}`,
    }));
    const wrong = [
      { topic: topic('beyond'), address: 'DB1,REAL498' },
      { topic: topic('absent'), address: 'DB77,INT0' },
    ];
    start({ tags: [...many, ...wrong], maxGap: 200 });
    const isWrong = (name: string): boolean => name === topic('beyond') || name === topic('absent');
    const batch = await reading.nextBatch(() => true);
    for (const sample of batch) {
      equal(sample.quality, isWrong(sample.topic) ? 'bad' : 'good', sample.topic);
      if (isWrong(sample.topic)) equal(sample.value, null);
    }
    equal(batch.length, many.length + wrong.length);
    deepEqual([reading.last(topic('beyond'))?.code, reading.last(topic('absent'))?.code], [5, 10]);
    equal(reading.reports.length, 2, reading.reports.join(' | '));
    await plc.register({ area: 'DB', db: 77 }, Buffer.from([0, 5]));
    await until(() => reading.last(topic('absent'))?.value === 5, { deadlineMs: 5_000, what: 'the value of DB77' });
  });

  it('waits for a PLC that is absent at the start', async () => {
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
    const batch = await staleAfter(() => proxy.refuse());
    deepEqual(
      batch.map(({ value }) => value),
      [1.5, 7, true, -9_007_199_254_740_993n, true, 15_000],
    );
    await proxy.resume();
    await reading.nextBatch(isGood);
    equal(reading.batches.filter((entry) => entry[0]?.quality === 'stale').length, 1);
  });

  it('says nothing of an outage that is over before tags count as stale', async () => {
    start({ staleMs: 5_000 });
    await reading.nextBatch(isGood);
    proxy.cut();
    await until(() => reading.link.reconnects === 1, { deadlineMs: 5_000, what: 'a new connection' });
    await reading.nextBatch(isGood);
    ok(reading.batches.flat().every(isGood));
  });

  it('gives the true quality with the first value back, also through a deadband', async () => {
    start({ tags: [{ ...tags[1], deadband: '10' }] });
    await reading.nextBatch(isGood);
    await staleAfter(() => proxy.refuse());
    await proxy.resume();
    const [sample] = await reading.nextBatch(isGood);
    equal(sample?.value, 7);
    deepEqual(
      reading.batches.map(([only]) => only?.quality),
      ['good', 'stale', 'good'],
    );
  });

  it('notices a pulled cable, makes a new connection and goes on after an outage of many timeouts', async () => {
    start();
    await reading.nextBatch(isGood);
    const before = proxy.accepted();
    proxy.stall();
    await reading.nextBatch(({ quality }) => quality === 'stale');
    await until(() => proxy.accepted() > before + 1, { deadlineMs: 10_000, what: 'connections that come to nothing' });
    await proxy.resume();
    await reading.nextBatch(isGood);
    equal(reading.batches.filter((entry) => entry[0]?.quality === 'stale').length, 1);
  });

  it('reads answers that come byte after byte, and gives up without a wrong value when there is one a second', async () => {
    start({ pollMs: 10 }, { timeoutMs: 1_000 });
    await reading.nextBatch(isGood);
    proxy.drip(1);
    await reading.nextBatch(isGood);
    equal(reading.link.reconnects, 0);
    await staleAfter(async () => proxy.drip(1_000));
    proxy.drip(0);
    await reading.nextBatch(isGood);
    for (const { topic: name, value, quality } of reading.batches.flat()) {
      if (quality === 'good' && name === topic('count')) equal(value, 7);
    }
  });

  it('drops a connection that brings garbage, without a wrong value', async () => {
    start();
    await reading.nextBatch(isGood);
    for (const garbage of ['this is not S7 at all', '\u0003', '\u0003\0\0\u0007\u0002']) {
      const before = proxy.accepted();
      proxy.garbage(Buffer.from(garbage));
      await until(() => proxy.accepted() > before, { deadlineMs: 5_000, what: 'a new connection' });
      await reading.nextBatch(isGood);
    }
    for (const sample of reading.batches.flat()) {
      if (sample.quality === 'good' && sample.topic === topic('count')) equal(sample.value, 7);
    }
  });

  it('reads at the same pace as the PLC answers when that is slow, and counts what it leaves out', async () => {
    start({ pollMs: 10 }, { timeoutMs: 2_000 });
    await reading.nextBatch(isGood);
    proxy.stall();
    await until(() => reading.traffic.total('overrun') >= 3, { deadlineMs: 5_000, what: 'overruns' });
    await proxy.resume();
    await reading.nextBatch(isGood);
    equal(reading.link.reconnects, 0);
  });

  it('goes on after a restart of the PLC with other blocks', async () => {
    start();
    await reading.nextBatch(isGood);
    await staleAfter(() => plc.close());
    const short = memoryOf(9);
    plc = await startS7Plc([{ ...short, bytes: short.bytes.subarray(0, 100) }], { port: plc.port });
    await until(() => reading.last(topic('count'))?.value === 9, {
      deadlineMs: 8_000,
      what: 'the value of the new block',
    });
    await until(() => reading.last(topic('far'))?.quality === 'bad', {
      deadlineMs: 5_000,
      what: 'the end of the old one',
    });
    deepEqual([reading.last(topic('flag'))?.quality, reading.last(topic('real'))?.value], ['bad', 1.5]);
    await plc.close();
    plc = await startS7Plc([memoryOf(11)], { port: plc.port });
    await until(() => reading.last(topic('far'))?.quality === 'good', {
      deadlineMs: 8_000,
      what: 'the old layout again',
    });
  });

  it('finishes the cycle under way when it is drained, and starts no other', async () => {
    start({ pollMs: 10 });
    await reading.nextBatch(isGood);
    await reading.reader.drain();
    const emitted = reading.batches.length;
    const drainedAt = Date.now();
    await until(() => Date.now() > drainedAt + 60, { deadlineMs: 1_000, what: 'six poll times' });
    equal(reading.batches.length, emitted);
  });
});
