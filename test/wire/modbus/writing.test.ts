import { deepEqual, equal } from 'node:assert/strict';
import type { Sample } from '@bulkhead/core';
import { createWriter, type WriteResult } from '@bulkhead/node-kit';
import type { Link } from '../../../nodes/modbus/src/modbus-connection/link.ts';
import { readModbusWrite } from '../../../nodes/modbus/src/modbus-write/config.ts';
import { modbusWritePort } from '../../../nodes/modbus/src/modbus-write/write-port.ts';
import { createFaultProxy, type FaultProxy } from '../../support/fault-proxy.ts';
import { freePort } from '../../support/free-port.ts';
import { modbusLinkTo } from '../../support/modbus-house.ts';
import { type ModbusServing, serveModbus } from '../../support/modbus-serving.ts';
import { until } from '../../support/until.ts';

const topic = (name: string): string => `umh.v1.test._raw.${name}`;
const names = ['a', 'b', 'c'];
const tags = names.map((name, address) => ({ topic: topic(name), address, type: 'uint16' }));
const layout = (held: readonly string[]): object[] =>
  held.map((name) => ({ topic: topic(name), address: names.indexOf(name), access: 'write', initial: '1' }));

describe('A Modbus writer behind a network with faults', function () {
  this.timeout(20_000);
  let port: number;
  let serving: ModbusServing;
  let proxy: FaultProxy;
  let link: Link;

  const writer = (deadlineMs = 2_000) => {
    const read = readModbusWrite({ tags, deadlineMs, readBack: 'after' });
    if (!read.ok) throw new Error(read.problem);
    const { config } = read;
    const writePort = modbusWritePort({ link, config, unit: 1, now: Date.now });
    return createWriter({ ...config, readBack: true, port: writePort });
  };
  const write = async (value: number, of = names): Promise<(WriteResult['code'] | 'ok')[]> => {
    const samples = of.map((name): Sample => ({ topic: topic(name), value, quality: 'good', sourceTime: 0 }));
    const results = await writer().write(samples, Date.now());
    return results.map(({ ok, code }) => (ok ? 'ok' : code));
  };
  const written = (): unknown[] => serving.written.map(({ value }) => value);
  const connected = (): Promise<unknown> =>
    until(() => link.state.kind === 'connected', { deadlineMs: 5_000, what: 'a connection' });

  beforeEach(async () => {
    port = await freePort();
    serving = await serveModbus({ tags: layout(names), port });
    proxy = await createFaultProxy(port);
    link = modbusLinkTo({ port: proxy.port, timeoutMs: 500 });
  });

  afterEach(async () => {
    link.stop();
    await proxy.close();
    await serving.server.stop();
  });

  it('sends nothing while the device is absent, and keeps nothing for later', async () => {
    await proxy.refuse();
    link.start();
    deepEqual(await write(5), ['disconnected', 'disconnected', 'disconnected']);
    await proxy.resume();
    await connected();
    deepEqual(await write(6), ['ok', 'ok', 'ok']);
    deepEqual(written(), [6, 6, 6]);
  });

  it('writes again after a cut', async () => {
    link.start();
    await connected();
    proxy.cut();
    await until(() => link.reconnects === 1, { deadlineMs: 5_000, what: 'a new connection' });
    deepEqual(await write(6), ['ok', 'ok', 'ok']);
  });

  it('does not say of a write over a pulled cable that it failed or that it worked', async () => {
    link.start();
    await connected();
    proxy.stall();
    for (const code of await write(5)) equal(code === 'unanswered' || code === 'disconnected', true, String(code));
    await proxy.refuse();
    await until(() => link.state.kind === 'waiting', { deadlineMs: 5_000, what: 'the end of the connection' });
    deepEqual(await write(6, ['a']), ['disconnected']);
    await proxy.resume();
    await connected();
    deepEqual(await write(7), ['ok', 'ok', 'ok']);
    equal(written().includes(6), false);
  });

  it('takes no garbage for an acknowledgement', async () => {
    link.start();
    await connected();
    proxy.stall();
    const writing = write(5);
    proxy.garbage(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
    equal((await writing).includes('ok'), false);
    await proxy.resume();
    await connected();
    deepEqual(await write(6), ['ok', 'ok', 'ok']);
  });

  it('waits for answers that come byte after byte', async () => {
    link.start();
    await connected();
    proxy.drip(3);
    deepEqual(await write(6), ['ok', 'ok', 'ok']);
  });

  it('sends nothing that waited longer than its deadline', async () => {
    link.start();
    await connected();
    const sample: Sample = { topic: topic('a'), value: 9, quality: 'good', sourceTime: 0 };
    const [result] = await writer(100).write([sample], Date.now() - 200);
    deepEqual([result?.ok, result?.code, result?.old], [false, 'expired', 1]);
    deepEqual(written(), []);
  });

  it('finds out after a restart with other registers which are there, value by value', async () => {
    link.start();
    await connected();
    deepEqual(await write(6), ['ok', 'ok', 'ok']);
    await serving.server.stop();
    serving = await serveModbus({ tags: layout(['a', 'c']), port });
    await until(() => link.reconnects > 0 && link.state.kind === 'connected', {
      deadlineMs: 5_000,
      what: 'a connection',
    });
    deepEqual(await write(7), ['ok', 'refused', 'ok']);
    deepEqual(written(), [7, 7]);
  });
});
