import { deepEqual, equal, ok } from 'node:assert/strict';
import type { Sample } from '@bulkhead/core';
import { createWriter } from '@bulkhead/node-kit';
import { rtuOverTcpTransport } from '../../../nodes/modbus/src/io/modbus-rtu.ts';
import { readModbusWrite } from '../../../nodes/modbus/src/modbus-write/config.ts';
import { modbusWritePort } from '../../../nodes/modbus/src/modbus-write/write-port.ts';
import { createFaultProxy, type FaultProxy } from '../../support/fault-proxy.ts';
import { freePort } from '../../support/free-port.ts';
import { type ModbusReading, startModbusReading } from '../../support/modbus-house.ts';
import { type PymodbusDevice, startPymodbus } from '../../support/pymodbus.ts';
import { until } from '../../support/until.ts';

const topic = (name: string): string => `umh.v1.test._raw.${name}`;
const isGood = ({ quality }: Sample): boolean => quality === 'good';
const isStale = ({ quality }: Sample): boolean => quality === 'stale';
const memory = { holding: { 0: 7, 1: 70, 100: 9 } };
/** Two requests: an answer says not whose it is, and must not be taken for the other's. */
const tags = [
  { topic: topic('near'), address: 0 },
  { topic: topic('next'), address: 1 },
  { topic: topic('far'), address: 100 },
];

describe('Modbus nodes on a serial device server, behind a network with faults', function () {
  this.timeout(30_000);
  let device: PymodbusDevice;
  let port: number;
  let proxy: FaultProxy;
  let reading: ModbusReading;

  before(async () => {
    port = await freePort();
    device = await startPymodbus('rtu-tcp', String(port), memory);
  });
  after(() => device.close());

  beforeEach(async () => {
    proxy = await createFaultProxy(port);
  });
  afterEach(async () => {
    reading.stop();
    await proxy.close();
  });

  const start = (): void => {
    const open = rtuOverTcpTransport({ host: '127.0.0.1', port: proxy.port, timeoutMs: 200 });
    reading = startModbusReading({ port: 0, open, maxInFlight: 1, lingerMs: 200, timeoutMs: 200, node: { tags } });
  };
  const expectAll = async (values = [7, 70, 9]): Promise<void> => {
    const batch = await reading.nextBatch(isGood);
    deepEqual(
      batch.map(({ value }) => value),
      values,
    );
  };
  const expectNothingWrong = (): void => {
    for (const { topic: name, value, quality } of reading.batches.flat()) {
      if (quality === 'good') equal(value, { near: 7, next: 70, far: 9 }[name.split('.').at(-1) ?? ''], name);
    }
  };
  const staleAfter = async (act: () => void | Promise<void>): Promise<void> => {
    const stale = reading.nextBatch(isStale);
    await act();
    equal((await stale).length, tags.length);
  };

  it('wait for one that is absent at the start', async () => {
    await proxy.refuse();
    start();
    await until(() => reading.states.filter((state) => state === 'waiting').length >= 2, {
      deadlineMs: 5_000,
      what: 'retries',
    });
    equal(reading.batches.length, 0);
    await proxy.resume();
    await expectAll();
  });

  it('read on after a cut', async () => {
    start();
    await expectAll();
    await staleAfter(proxy.refuse);
    await proxy.resume();
    await expectAll();
  });

  it('notice a pulled cable, and read on after an outage of many timeouts', async () => {
    start();
    await expectAll();
    const before = proxy.accepted();
    await staleAfter(proxy.stall);
    await until(() => proxy.accepted() > before + 1, { deadlineMs: 10_000, what: 'connections that come to nothing' });
    await proxy.resume();
    await expectAll();
    expectNothingWrong();
  });

  it('pass over garbage', async () => {
    start();
    await expectAll();
    proxy.garbage(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await expectAll();
    expectNothingWrong();
  });

  it('read answers that come byte after byte, and take none for that of another request', async () => {
    start();
    await expectAll();
    proxy.drip(5);
    await expectAll();
    // An answer of 9 bytes takes longer than its request is waited for.
    proxy.drip(30);
    await until(() => reading.traffic.total('late') > 0, { deadlineMs: 8_000, what: 'a late answer' });
    proxy.drip(0);
    await expectAll();
    expectNothingWrong();
  });

  it('write, and do not say of a write over a pulled cable that it failed or that it worked', async () => {
    const read = readModbusWrite({ tags: tags.slice(0, 2), readBack: 'after', deadlineMs: 1_000 });
    if (!read.ok) throw new Error(read.problem);
    start();
    await expectAll();
    await reading.reader.drain();
    const { config } = read;
    const writePort = modbusWritePort({ link: reading.link, config, unit: 1, now: Date.now });
    const writer = createWriter({ ...config, readBack: true, port: writePort });
    const write = async (value: number): Promise<unknown[]> => {
      const samples = tags
        .slice(0, 2)
        .map((tag): Sample => ({ topic: tag.topic, value, quality: 'good', sourceTime: 0 }));
      return (await writer.write(samples, Date.now())).map(({ ok: isWritten, code }) => (isWritten ? 'ok' : code));
    };
    deepEqual(await write(5), ['ok', 'ok']);
    proxy.stall();
    ok((await write(6)).every((code) => code === 'unanswered' || code === 'disconnected' || code === 'expired'));
    await proxy.refuse();
    await until(() => reading.link.state.kind === 'waiting', { deadlineMs: 5_000, what: 'the end of the connection' });
    await proxy.resume();
    await until(() => reading.link.state.kind === 'connected', { deadlineMs: 5_000, what: 'a connection' });
    deepEqual(await write(8), ['ok', 'ok']);
    equal(await device.held('holding', 1), 8);
  });
});
