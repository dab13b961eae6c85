import { deepEqual, equal } from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replayNodeId, replayRegisters } from '../../../packages/plant/src/catalogue.ts';
import { readRegisters } from '../../../packages/plant/src/modbus/registers.ts';
import { until } from '../../support/until.ts';
import { connectModbus } from './modbus-client.ts';
import { type Watcher, watchOpcua } from './opcua-watcher.ts';
import { type PlantProcess, readLog, startPlant } from './plant-process.ts';

const rowCount = 200;
const columns = ['Pressure', 'Flow Rate', 'Valve.Position'];
const rows = Array.from({ length: rowCount }, (_unused, index) => ({
  time: Date.UTC(2020, 1, 8, 12, 0, index),
  values: [Math.sin(index) * 10, index % 7 === 0 ? null : 100 - index / 3, Math.floor(index / 10)],
}));

describe('replaying a recording', () => {
  let directory = '';
  let file = '';
  let plant: PlantProcess | undefined;
  let watcher: Watcher | undefined;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'bh-replay-'));
    file = join(directory, 'recording.csv');
    const text = rows.map(
      ({ time, values }) => `${new Date(time).toISOString()};${values.map((value) => value ?? '').join(';')}`,
    );
    writeFileSync(file, `time;${columns.join(';')}\n${text.join('\n')}\n`);
  });
  afterEach(async () => {
    await watcher?.stop();
    await plant?.stop('SIGKILL');
    watcher = undefined;
    rmSync(directory, { recursive: true, force: true });
  });

  const start = async (...more: string[]): Promise<PlantProcess> => {
    plant = await startPlant([
      '--pki',
      join(directory, 'pki'),
      '--log',
      join(directory, 'log'),
      '--replay',
      file,
      ...more,
    ]);
    return plant;
  };
  const done = (said: string[]) => said.includes(`{"event":"done","rows":${rowCount}}`);

  it('serves every row over OPC UA once all columns are monitored, with the times of the rows', async () => {
    const { opcuaUrl, said } = await start('--speed', '100', '--wait');
    const watching = await watchOpcua(opcuaUrl, join(directory, 'pki'), columns.map(replayNodeId));
    watcher = watching;
    await until(() => done(said), { deadlineMs: 20_000, what: 'the end of the recording' });
    for (const [place, column] of columns.entries()) {
      const received = watching.received.get(replayNodeId(column)) ?? [];
      await until(() => received.length >= rowCount, { deadlineMs: 5000, what: `all of ${column}` });
      deepEqual(
        received.map(({ sourceTimestamp, statusCode, value }) => [
          sourceTimestamp?.getTime(),
          statusCode.value === 0,
          statusCode.value === 0 ? Number(value.value) : null,
        ]),
        rows.map(({ time, values }) => [time, values[place] !== null, values[place]]),
        column,
      );
    }
  });

  it('serves every row over Modbus as a whole, each until it was read', async () => {
    const { port, said } = await start('--speed', '2000', '--wait-for', 'modbus', '--hold-until-read');
    const client = await connectModbus(port('replay'));
    const tags = replayRegisters(columns);
    const seen: (number | null)[][] = [];
    await until(
      async () => {
        const { data } = await client.readHoldingRegisters(0, 8 + 4 * columns.length);
        const values = tags.map((tag) => readRegisters(data, tag));
        if (seen.at(-1)?.[1] !== values[1]) seen.push(values);
        return done(said);
      },
      { deadlineMs: 20_000, what: 'the end of the recording', everyMs: 1 },
    );
    client.close(() => {});
    deepEqual(
      seen.map((values) => values.slice(1)),
      rows.map(({ time, values }, index) => [index, time, ...values]),
    );
  });

  it('logs its rows', async () => {
    const { said } = await start('--speed', '5000');
    await until(() => done(said), { deadlineMs: 10_000, what: 'the end of the recording' });
    const logged = readLog(join(directory, 'log')).flatMap((line) => (line.type === 'row' ? [line] : []));
    deepEqual(
      logged.map(({ row, time, values }) => ({ row, time, values })),
      rows.map((row, index) => ({ row: index, ...row })),
    );
    equal(await plant?.stop(), 0);
  });
});
