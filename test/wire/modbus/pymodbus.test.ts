import { deepEqual, equal, ok } from 'node:assert/strict';
import type { Sample } from '@bulkhead/core';
import { rtuOverTcpTransport, serialTransport } from '../../../nodes/modbus/src/io/modbus-rtu.ts';
import type { Link } from '../../../nodes/modbus/src/modbus-connection/link.ts';
import { createFaultProxy } from '../../support/fault-proxy.ts';
import { freePort } from '../../support/free-port.ts';
import {
  connectedTo,
  modbusLinkTo,
  type ModbusReading,
  startModbusReading,
  writeModbus,
} from '../../support/modbus-house.ts';
import { type PymodbusDevice, startPymodbus } from '../../support/pymodbus.ts';
import { createSerialPair } from '../../support/serial-line.ts';

const topic = (name: string): string => `umh.v1.test._raw.${name}`;
const isGood = ({ quality }: Sample): boolean => quality === 'good';
const row = (name: string, address: number, type: string, more: object = {}) => ({
  topic: topic(name),
  area: 'holding',
  address,
  type,
  ...more,
});

const memory = {
  holding: {
    // 1.5 in the four orders, 2^53 + 1, a text, BCD, bits
    ...Object.fromEntries(
      [0x3fc0, 0, 0, 0x3fc0, 0xc03f, 0, 0, 0xc03f, 0x20, 0, 0, 1, 0x4865, 0x6c6c, 0x6f00, 0x1234, 0b1010, 0xff01].map(
        (word, at) => [at, word],
      ),
    ),
    // 0x0102030405060708 in the four orders
    ...Object.fromEntries(
      [
        ...[0x0102, 0x0304, 0x0506, 0x0708],
        ...[0x0708, 0x0506, 0x0304, 0x0102],
        ...[0x0201, 0x0403, 0x0605, 0x0807],
        ...[0x0807, 0x0605, 0x0403, 0x0201],
      ].map((word, at) => [40 + at, word]),
    ),
  },
  input: { 7: 0xfffe },
  coil: { 0: 1, 1: 0, 2: 1 },
  discrete: { 30: 1 },
};
const tags = [
  row('abcd', 0, 'float32'),
  row('cdab', 2, 'float32', { order: 'CDAB' }),
  row('badc', 4, 'float32', { order: 'BADC' }),
  row('dcba', 6, 'float32', { order: 'DCBA' }),
  row('long', 8, 'uint64'),
  row('text', 12, 'latin1', { count: 6 }),
  row('bcd', 15, 'bcd16'),
  row('bit', 0, 'bool', { address: '16.3' }),
  row('byte', 0, 'int8', { address: '17.h' }),
  row('missing', 200, 'uint16'),
  { topic: topic('input'), area: 'input', address: 7, type: 'int16' },
  { topic: topic('coil'), area: 'coil', address: 2, type: 'bool' },
  { topic: topic('discrete'), area: 'discrete', address: 30, type: 'bool' },
];
const values = [1.5, 1.5, 1.5, 1.5, 9_007_199_254_740_993n, 'Hello', 1234, true, -1, null, -2, true, true];

describe('Modbus nodes against pymodbus', function () {
  this.timeout(60_000);
  const closing: (() => void | Promise<void>)[] = [];
  const closeLater = <T extends { close(): Promise<void> }>(opened: T): T => {
    closing.unshift(() => opened.close());
    return opened;
  };
  const reading = (options: Parameters<typeof startModbusReading>[0]): ModbusReading => {
    // Of requests that arrive together its server answers the last one only.
    const started = startModbusReading({ timeoutMs: 500, maxInFlight: 1, ...options });
    closing.unshift(() => started.stop());
    return started;
  };
  const linkTo = (options: Parameters<typeof modbusLinkTo>[0]): Link => {
    const link = modbusLinkTo({ timeoutMs: 500, maxInFlight: 1, ...options });
    closing.unshift(() => link.stop());
    link.start();
    return link;
  };

  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  const expectAll = async (reader: ModbusReading): Promise<void> => {
    const batch = await reader.nextBatch(
      ({ topic: name, quality }) => (quality === 'good') !== name.endsWith('missing'),
    );
    deepEqual(
      batch.map(({ value }) => value),
      values,
    );
  };

  describe('over TCP', () => {
    let device: PymodbusDevice;
    let port: number;
    before(async () => {
      port = await freePort();
      device = await startPymodbus('tcp', String(port), memory);
    });
    after(() => device.close());

    it('read every type and order, and cost a missing address its own tag', async () => {
      await expectAll(reading({ port, node: { tags } }));
    });

    it('read and write 64 bits in every order, wherever a manual begins to count', async () => {
      const manuals: ReadonlyArray<[notation: string, first: number]> = [
        ['zero', 40],
        ['one', 41],
        ['modicon', 40_041],
        ['modicon', 400_041],
      ];
      const orders = ['ABCD', 'CDAB', 'BADC', 'DCBA'];
      const link = linkTo({ port });
      await connectedTo(link);
      let present = 0x0102030405060708n;
      for (const [notation, first] of manuals) {
        const table = orders.map((order, at) => row(order, first + at * 4, 'int64', { order }));
        const batch = await reading({ port, node: { tags: table, notation } }).nextBatch(isGood);
        deepEqual(
          batch.map(({ value }) => value),
          orders.map(() => present),
        );
        const next = -present - 1n;
        const samples = Object.fromEntries(orders.map((order) => [order, next]));
        deepEqual(
          await writeModbus(link, samples, { tags: table, notation, readBack: 'after' }),
          orders.map(() => ['ok', present, next]),
        );
        present = next;
      }
    });

    it('write every function, one value or many, with the old value and what is there then', async () => {
      const link = linkTo({ port });
      await connectedTo(link);
      const table = [
        row('float', 0, 'float32'),
        row('word', 2, 'uint16'),
        row('bit', 0, 'bool', { address: '16.0' }),
        row('byte', 0, 'uint8', { address: '17.l' }),
        ...[0, 1, 2].map((at) => ({ topic: topic(`c${at}`), area: 'coil', address: at, type: 'bool' })),
        row('missing', 300, 'uint16'),
      ];
      const samples = { float: 2.5, word: 9, bit: true, byte: 7, c0: false, c1: true, c2: false, missing: 1 };
      deepEqual(await writeModbus(link, samples, { tags: table, readBack: 'after' }), [
        ['ok', 1.5, 2.5],
        ['ok', 0, 9],
        ['ok', false, true],
        ['ok', 1, 7],
        ['ok', true, false],
        ['ok', false, true],
        ['ok', true, false],
        ['refused', undefined, undefined],
      ]);
      deepEqual(await Promise.all([16, 17].map((at) => device.held('holding', at))), [0b1011, 0xff07]);
      const rest = { float: 1.5, word: 0, bit: false, byte: 1, c1: false };
      deepEqual(
        (await writeModbus(link, rest, { tags: table, readBack: 'along', bits: 'change', alwaysMany: true })).map(
          (result) => Array.isArray(result) && [result[0], result[2]],
        ),
        Object.values(rest).map((value) => ['ok', value]),
      );
      deepEqual(await Promise.all([0, 1, 16].map((at) => device.held('holding', at))), [0x3fc0, 0, 0b1010]);
    });

    it('write what a device has of a request that it refuses as a whole', async () => {
      const link = linkTo({ port });
      await connectedTo(link);
      const table = [17, 18].map((at) => row(`r${at}`, at, 'uint16'));
      deepEqual(await writeModbus(link, { r17: 0xff01, r18: 5 }, { tags: table }), [
        ['ok', 0xff01, undefined],
        ['refused', undefined, undefined],
      ]);
    });
  });

  it('read and write over a serial line, also after it was pulled out', async () => {
    const line = closeLater(await createSerialPair());
    let device = closeLater(await startPymodbus('rtu', line.far, memory));
    const open = serialTransport({ path: line.near, baudRate: 115_200, parity: 'none', dataBits: 8, stopBits: 1 });
    const options = { port: 0, open, lingerMs: 200, timeoutMs: 200 };
    const reader = reading({ ...options, node: { tags } });
    await expectAll(reader);
    deepEqual(await writeModbus(reader.link, { abcd: -3.25 }, { tags: tags.slice(0, 1), readBack: 'after' }), [
      ['ok', 1.5, -3.25],
    ]);
    const stale = reader.nextBatch(({ quality }) => quality === 'stale');
    await line.cut();
    await device.close();
    equal((await stale).length, tags.length);
    await line.join();
    device = closeLater(await startPymodbus('rtu', line.far, memory));
    await expectAll(reader);
    ok(reader.link.reconnects > 0);
  });

  it('read serial frames over TCP, with noise between them', async () => {
    const port = await freePort();
    closeLater(await startPymodbus('rtu-tcp', String(port), memory));
    const proxy = closeLater(await createFaultProxy(port));
    const open = rtuOverTcpTransport({ host: '127.0.0.1', port: proxy.port, timeoutMs: 500 });
    const reader = reading({ port: 0, open, lingerMs: 100, timeoutMs: 100, node: { tags } });
    await expectAll(reader);
    for (let time = 0; time < 5; time += 1) {
      proxy.garbage(Buffer.from([1, 3, 4, 0xde, 0xad, 0xbe, 0xef]));
      await expectAll(reader);
    }
    equal(reader.link.reconnects, 0);
  });

  it('give no wrong value when a device restarts with other registers', async () => {
    const port = await freePort();
    const first = closeLater(await startPymodbus('tcp', String(port), memory));
    const reader = reading({ port, node: { tags } });
    await expectAll(reader);
    await first.close();
    closeLater(await startPymodbus('tcp', String(port), { ...memory, holding: { 0: 0x4000, 1: 0, 200: 12 } }));
    const isThere = ({ topic: name }: Sample): boolean =>
      !['cdab', 'badc', 'dcba', 'long', 'text', 'bcd', 'bit', 'byte'].some((other) => name.endsWith(`.${other}`));
    const batch = await reader.nextBatch((sample) => isGood(sample) === isThere(sample));
    deepEqual(
      batch.filter(isGood).map(({ value }) => value),
      [2, 12, -2, true, true],
    );
  });
});
