import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modbusDevices } from '../../../packages/plant/src/catalogue.ts';
import type { TruthLine } from '../../../packages/plant/src/log/truth-line.ts';
import { readRegisters } from '../../../packages/plant/src/modbus/registers.ts';
import { until } from '../../support/until.ts';
import { connectModbus, type ModbusClient } from './modbus-client.ts';
import { type PlantProcess, readLog, startPlant } from './plant-process.ts';

const blockLength = 18;

describe('the Modbus devices of the plant', () => {
  let directory = '';
  let plant: PlantProcess | undefined;
  const clients: ModbusClient[] = [];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'bh-plant-'));
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close(() => {});
    await plant?.stop('SIGKILL');
    plant = undefined;
    rmSync(directory, { recursive: true, force: true });
  });

  const start = async (...more: string[]): Promise<PlantProcess> => {
    plant = await startPlant(['--pki', join(directory, 'pki'), '--log', join(directory, 'log'), ...more]);
    return plant;
  };
  const client = async (port: number): Promise<ModbusClient> => {
    const made = await connectModbus(port);
    clients.push(made);
    return made;
  };
  const reads = (device: string) =>
    readLog(join(directory, 'log')).filter(
      (line): line is Extract<TruthLine, { type: 'read' }> => line.type === 'read' && line.device === device,
    );
  const capperValue = (registers: number[], name: string) => {
    const tag = modbusDevices.capper.find((candidate) => candidate.name === name);
    return tag === undefined ? undefined : readRegisters(registers, tag);
  };

  it('log every answered read as it was answered, numbered in the block itself', async () => {
    const { port } = await start('--speed', '20');
    const [one, two] = [await client(port('capper')), await client(port('capper'))];
    const answers: number[][] = [];
    for (let round = 0; round < 100; round += 1) {
      const [left, right] = await Promise.all([
        one.readHoldingRegisters(0, blockLength),
        two.readInputRegisters(0, blockLength),
      ]);
      answers.push(left.data, right.data);
    }
    const logged = reads('capper');
    deepEqual(
      logged.map(({ seq }) => seq),
      answers.map((_answer, index) => index + 1),
    );
    const bySequence = answers.toSorted((a, b) => (a[1] ?? 0) - (b[1] ?? 0));
    deepEqual(
      logged.map(({ registers }) => registers),
      bySequence,
    );
    for (const { seq, at, values } of logged) deepEqual([values.Sequence, values.Time], [seq, at]);
  });

  it('number only reads that carry the number', async () => {
    const { port } = await start();
    const capper = await client(port('capper'));
    await capper.readHoldingRegisters(6, 4);
    await capper.readHoldingRegisters(0, 2);
    deepEqual(
      reads('capper').map(({ seq }) => seq),
      [null, 1],
    );
  });

  it('show what the machine truly did at the time in the block', async () => {
    const { port } = await start('--speed', '50');
    const capper = await client(port('capper'));
    const answers: number[][] = [];
    await until(
      async () => {
        answers.push((await capper.readHoldingRegisters(0, blockLength)).data);
        return new Set(answers.map((answer) => capperValue(answer, 'State'))).size > 3;
      },
      { deadlineMs: 15_000, what: 'four different states' },
    );
    const lines = readLog(join(directory, 'log'));
    for (const answer of answers) {
      const time = capperValue(answer, 'Time') ?? 0;
      const since = capperValue(answer, 'StateSince');
      const states = lines.filter((line) => line.type === 'state' && line.machine === 'capper' && line.at <= time);
      const state = states.at(-1);
      ok(state?.type === 'state');
      deepEqual([capperValue(answer, 'State'), since], [state.state, state.at]);
      const counted = lines
        .filter((line) => line.type === 'count' && line.machine === 'capper' && line.at <= time)
        .at(-1);
      ok(counted?.type === 'count');
      const status = capperValue(answer, 'Status') ?? 0;
      if ((status & 2) === 0) equal(capperValue(answer, 'TotalCount'), counted.total % 65_536);
      equal(capperValue(answer, 'RejectCount'), counted.rejects % 65_536);
    }
  });

  it('answer with an exception while the glue sensor is bad, and the status word says so', async () => {
    const { port } = await start('--speed', '100');
    const labeller = await client(port('labeller'));
    await until(
      async () => {
        const { data } = await labeller.readHoldingRegisters(7, 1);
        return ((data[0] ?? 0) & 1) === 1;
      },
      { deadlineMs: 20_000, what: 'the bit of a bad temperature', everyMs: 5 },
    );
    plant?.child.kill('SIGUSR2');
    await until(() => readLog(join(directory, 'log')).some(({ type }) => type === 'hold'), {
      deadlineMs: 2000,
      what: 'the hold',
    });
    const { data } = await labeller.readHoldingRegisters(7, 1);
    if (((data[0] ?? 0) & 1) === 1) await rejects(labeller.readHoldingRegisters(100, 1), { modbusCode: 4 });
    else equal((await labeller.readHoldingRegisters(100, 1)).data.length, 1);
  });

  it('refuse registers that they do not have, coils and writes', async () => {
    const { port } = await start();
    const capper = await client(port('capper'));
    await rejects(capper.readHoldingRegisters(0, 100), { modbusCode: 2 });
    await rejects(capper.readCoils(0, 1), { modbusCode: 1 });
    await rejects(capper.writeRegister(8, 0), { modbusCode: 1 });
    equal(reads('capper').length, 0);
  });

  it('go on answering with frozen values after a hold', async () => {
    const { port } = await start('--speed', '100');
    const capper = await client(port('capper'));
    plant?.child.kill('SIGUSR2');
    await until(() => readLog(join(directory, 'log')).some(({ type }) => type === 'hold'), {
      deadlineMs: 2000,
      what: 'the hold',
    });
    const first = (await capper.readHoldingRegisters(6, 12)).data;
    const size = readLog(join(directory, 'log')).filter(({ type }) => type === 'count').length;
    for (let round = 0; round < 50; round += 1) deepEqual((await capper.readHoldingRegisters(6, 12)).data, first);
    equal(reads('capper').length, 51);
    equal(readLog(join(directory, 'log')).filter(({ type }) => type === 'count').length, size);
  });

  it('live on after garbage, and so does the OPC UA server', async () => {
    const { port, opcuaUrl } = await start();
    const opcuaPort = Number(new URL(opcuaUrl.replace('opc.tcp:', 'http:')).port);
    const garbage = [
      'GET / HTTP/1.1\r\n\r\n',
      '\0'.repeat(500),
      '\xff'.repeat(5000),
      'HELF\xff\xff\xff\x7f',
      'OPNF\x08\0\0\0',
    ];
    for (const target of [port('capper'), port('labeller'), opcuaPort]) {
      for (const text of garbage) {
        const socket = connect(target, '127.0.0.1');
        socket.on('error', () => {});
        socket.end(Buffer.from(text, 'latin1'));
        socket.resume();
        await once(socket, 'close');
      }
    }
    equal((await (await client(port('capper'))).readHoldingRegisters(0, blockLength)).data.length, blockLength);
    equal(plant?.child.exitCode, null);
  });
});
