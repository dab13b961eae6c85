import { deepEqual, equal, ok } from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { systemClock } from '@bulkhead/core';
import { listenerAt } from '../../../nodes/modbus/src/io/open-listener.ts';
import { readModbusServer } from '../../../nodes/modbus/src/modbus-server/config.ts';
import { createServer } from '../../../nodes/modbus/src/modbus-server/server.ts';
import { freePort } from '../../support/free-port.ts';
import { mbpoll, type Reach } from '../../support/mbpoll.ts';
import { startModbusReading } from '../../support/modbus-house.ts';
import { type ModbusServing, serveModbus } from '../../support/modbus-serving.ts';
import { createSerialPair } from '../../support/serial-line.ts';
import { until } from '../../support/until.ts';

const topic = (name: string): string => `umh.v1.test._raw.${name}`;
const tags = [
  { topic: topic('speed'), address: 0, type: 'float32', initial: '1.5' },
  { topic: topic('set'), address: 2, type: 'uint16', access: 'write', initial: '7' },
  { topic: topic('limit'), address: 3, type: 'uint16', access: 'write', initial: '8' },
  { topic: topic('later'), address: 10, type: 'uint16' },
  { topic: topic('temp'), area: 'input', address: 5, type: 'int16', initial: '-3' },
  { topic: topic('go'), area: 'coil', address: 0, type: 'bool', access: 'write', initial: 'false' },
  { topic: topic('up'), area: 'discrete', address: 9, type: 'bool', initial: 'true' },
];

describe('A Modbus server', function () {
  this.timeout(30_000);
  let serving: ModbusServing;

  const expectAnswers = async (reach: Reach): Promise<void> => {
    deepEqual(await mbpoll(reach, { type: '4:hex', address: 0, count: 4 }), ['0x3FC0', '0x0000', '0x0007', '0x0008']);
    deepEqual(await mbpoll(reach, { type: '3', address: 5 }), ['65533 (-3)']);
    deepEqual(await mbpoll(reach, { type: '0', address: 0 }), ['0']);
    deepEqual(await mbpoll(reach, { type: '1', address: 9 }), ['1']);
    equal(await mbpoll(reach, { type: '4', address: 4 }), 'Illegal data address');
    equal(await mbpoll(reach, { type: '4', address: 10 }), 'Slave device or server failure');
    serving.device.take([{ topic: topic('later'), value: 12, quality: 'good', sourceTime: 0 }]);
    deepEqual(await mbpoll(reach, { type: '4', address: 10 }), ['12']);
    for (const write of [[42], [43, 44]]) await mbpoll(reach, { type: '4', address: 2, write });
    await mbpoll(reach, { type: '0', address: 0, write: [1] });
    deepEqual(
      serving.written.map(({ topic: name, value, quality }) => [name, value, quality]),
      [
        [topic('set'), 42, 'good'],
        [topic('set'), 43, 'good'],
        [topic('limit'), 44, 'good'],
        [topic('go'), true, 'good'],
      ],
    );
  };

  describe('over TCP', () => {
    let port: number;
    beforeEach(async () => {
      port = await freePort();
      serving = await serveModbus({ tags, port, maxClients: 3 });
    });
    afterEach(() => serving.server.stop());

    const open = async (): Promise<Socket> => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      await once(socket, 'connect');
      return socket;
    };

    it('is read and written by libmodbus', () => expectAnswers({ kind: 'tcp', port }));

    it('is read by our own reader, with 20 requests at a time', async () => {
      const reading = startModbusReading({
        port,
        maxInFlight: 20,
        node: { maxRegisters: 4, tags: tags.filter(({ address }) => address !== 10) },
      });
      const batch = await reading.nextBatch(({ quality }) => quality === 'good');
      reading.stop();
      deepEqual(
        batch.map(({ value }) => value),
        [1.5, 7, 8, -3, false, true],
      );
    });

    it('ends a connection that brings garbage, and serves the others', async () => {
      const [one, other] = [await open(), await open()];
      one.write('GET / HTTP/1.1\r\n\r\n');
      await once(one, 'close');
      other.write(Buffer.from([0, 1, 0, 0, 0, 6, 1, 3, 0, 2, 0, 1]));
      const answered: unknown[] = await once(other, 'data');
      deepEqual(answered[0], Buffer.from([0, 1, 0, 0, 0, 5, 1, 3, 2, 0, 7]));
      other.destroy();
    });

    it('reads a request that comes byte by byte, and several that come at once', async () => {
      const socket = await open();
      const got: Buffer[] = [];
      socket.on('data', (data: Buffer) => got.push(data));
      const frame = (transaction: number): Buffer => Buffer.from([0, transaction, 0, 0, 0, 6, 1, 3, 0, 2, 0, 1]);
      for (const byte of frame(1)) await new Promise((sent) => socket.write(Buffer.of(byte), sent));
      socket.write(Buffer.concat([frame(2), frame(3), frame(4)]));
      await until(() => Buffer.concat(got).length === 44, { deadlineMs: 5_000, what: 'four answers' });
      deepEqual(
        [1, 12, 23, 34].map((at) => Buffer.concat(got)[at]),
        [1, 2, 3, 4],
      );
      socket.destroy();
    });

    it('has no more clients than allowed: the one that was silent for longest makes room', async () => {
      const sockets = [await open(), await open(), await open()];
      await until(() => serving.server.clients === 3, { deadlineMs: 5_000, what: 'three clients' });
      const [first] = sockets;
      if (first === undefined) throw new Error('no client');
      const gone = once(first, 'close');
      sockets.push(await open());
      await gone;
      deepEqual([serving.server.clients, serving.server.refused], [3, 1]);
      for (const socket of sockets) socket.destroy();
      await until(() => serving.server.clients === 0, { deadlineMs: 5_000, what: 'nobody' });
    });

    it('waits for a port that is taken, and frees its own at once', async () => {
      const read = readModbusServer({ tags, port });
      if (!read.ok) throw new Error(read.problem);
      const reasons: string[] = [];
      const second = createServer({
        listen: listenerAt(read.config.place),
        clock: systemClock,
        random: Math.random,
        backOff: { firstMs: 20, factor: 1, maxMs: 20, jitter: 0 },
        onRequest: () => undefined,
        onState: (state) => {
          if (state.kind === 'waiting') reasons.push(state.reason.message);
        },
      });
      second.start();
      await until(() => reasons.length > 1, { deadlineMs: 5_000, what: 'two failures' });
      ok(reasons[0]?.includes('EADDRINUSE'));
      const client = await open();
      await serving.server.stop();
      await until(() => second.state.kind === 'listening', { deadlineMs: 5_000, what: 'the port' });
      await second.stop();
      client.destroy();
    });
  });

  it('is read and written by libmodbus over a serial line', async () => {
    const line = await createSerialPair();
    serving = await serveModbus({
      tags,
      mode: 'rtu',
      serialPath: line.near,
      baudRate: 115_200,
      parity: 'none',
      unitId: 1,
    });
    try {
      await expectAnswers({ kind: 'rtu', path: line.far });
    } finally {
      await serving.server.stop();
      await line.close();
    }
  });
});
