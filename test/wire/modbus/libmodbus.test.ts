import { deepEqual } from 'node:assert/strict';
import { serialTransport } from '../../../nodes/modbus/src/io/modbus-rtu.ts';
import { freePort } from '../../support/free-port.ts';
import { type LibmodbusDevice, startLibmodbus } from '../../support/libmodbus.ts';
import {
  type ModbusLinkOptions,
  type ModbusReading,
  startModbusReading,
  writeModbus,
} from '../../support/modbus-house.ts';
import { createSerialPair } from '../../support/serial-line.ts';

const topic = (name: string): string => `umh.v1.test._raw.${name}`;
const row = (name: string, area: string, address: string, type: string, more: object = {}) => ({
  topic: topic(name),
  area,
  address,
  type,
  ...more,
});
const memory = {
  holding: [0x3fc0, 0, 0xfffe, 0b1010, 0x1234, 0, 0, 0, 0x6548, 0x6c6c, 0x006f, 0x3c00],
  input: [0, 41],
  coil: [1, 0, 1],
  discrete: [0, 0, 0, 1],
};
const tags = [
  row('float', 'holding', '0', 'float32'),
  row('int', 'holding', '2', 'int16'),
  row('bit', 'holding', '3.1', 'bool'),
  row('byte', 'holding', '4.h', 'uint8'),
  row('text', 'holding', '8', 'utf8', { count: '6', order: 'BADC' }),
  row('half', 'holding', '11', 'float16'),
  row('beyond', 'holding', '12', 'uint16'),
  row('input', 'input', '1', 'uint16'),
  row('coil', 'coil', '2', 'bool'),
  row('discrete', 'discrete', '3', 'bool'),
];
const values = [1.5, -2, true, 0x12, 'Hello', 1, null, 41, true, true];

describe('Modbus nodes against libmodbus', function () {
  this.timeout(60_000);
  const closing: (() => void | Promise<void>)[] = [];

  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  async function start(kind: 'tcp' | 'rtu'): Promise<{ device: LibmodbusDevice; reader: ModbusReading }> {
    const where: { far: string; options: ModbusLinkOptions } =
      kind === 'tcp' ? await overTcp() : await overSerialLine();
    const device = await startLibmodbus(kind, where.far, memory);
    const reader = startModbusReading({ timeoutMs: 1_000, ...where.options, node: { tags, maxGap: 8 } });
    closing.unshift(
      () => reader.stop(),
      () => device.close(),
    );
    return { device, reader };
  }
  async function overTcp(): Promise<{ far: string; options: ModbusLinkOptions }> {
    const port = await freePort();
    return { far: String(port), options: { port, maxInFlight: 4 } };
  }
  async function overSerialLine(): Promise<{ far: string; options: ModbusLinkOptions }> {
    const line = await createSerialPair();
    closing.unshift(() => line.close());
    const open = serialTransport({ path: line.near, baudRate: 115_200, parity: 'none', dataBits: 8, stopBits: 1 });
    return { far: line.far, options: { port: 0, open, maxInFlight: 1, lingerMs: 200 } };
  }

  for (const kind of ['tcp', 'rtu'] as const) {
    it(`read all four tables and write by every function over ${kind}`, async () => {
      const { device, reader } = await start(kind);
      const batch = await reader.nextBatch(
        ({ topic: name, quality }) => (quality === 'good') !== (name === topic('beyond')),
      );
      deepEqual(
        batch.map(({ value }) => value),
        values,
      );
      const written = tags.filter(({ area }) => area === 'holding' || area === 'coil');
      const single = { int: 7, bit: false, coil: false, beyond: 1 };
      deepEqual(await writeModbus(reader.link, single, { tags: written, readBack: 'after' }), [
        ['ok', -2, 7],
        ['ok', true, false],
        ['ok', true, false],
        ['refused', undefined, undefined],
      ]);
      const many = { float: 2.5, int: 9, byte: 0xff, coil: true };
      deepEqual(await writeModbus(reader.link, many, { tags: written, readBack: 'along', alwaysMany: true }), [
        ['ok', 1.5, 2.5],
        ['ok', 7, 9],
        ['ok', 0x12, 0xff],
        ['ok', false, true],
      ]);
      const held = await Promise.all([0, 1, 2, 3, 4].map((at) => device.held('holding', at)));
      deepEqual([...held, await device.held('coil', 2)], [0x4020, 0, 9, 0b1000, 0xff34, 1]);
    });
  }
});
