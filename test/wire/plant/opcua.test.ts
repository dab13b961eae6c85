import { deepEqual, equal, ok } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataValue } from 'node-opcua';
import { opcuaTags, statusCodeOf } from '../../../packages/plant/src/catalogue.ts';
import type { TruthLine } from '../../../packages/plant/src/log/truth-line.ts';
import { until } from '../../support/until.ts';
import { type Watcher, watchOpcua } from './opcua-watcher.ts';
import { type PlantProcess, readLog, startPlant } from './plant-process.ts';

type Served = Extract<TruthLine, { type: 'value' | 'waveform' }>;

function sha1(value: unknown): string {
  const numbers = value instanceof Float64Array ? Array.from(value) : value;
  return createHash('sha1').update(JSON.stringify(numbers)).digest('hex');
}

/** A logged line and a received value in one form. */
function ofLine(line: Served): unknown[] {
  return line.type === 'waveform' ? [line.sourceTime, 0, line.sha1] : [line.sourceTime, line.code, line.value];
}
function ofDataValue({ sourceTimestamp, statusCode, value }: DataValue): unknown[] {
  const shown: unknown = value.value;
  return [sourceTimestamp?.getTime(), statusCode.value, shown instanceof Float64Array ? sha1(shown) : (shown ?? null)];
}

describe('the OPC UA server of the plant', () => {
  let directory = '';
  let plant: PlantProcess | undefined;
  let watcher: Watcher | undefined;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'bh-plant-'));
  });
  afterEach(async () => {
    await watcher?.stop();
    await plant?.stop('SIGKILL');
    watcher = undefined;
    plant = undefined;
    rmSync(directory, { recursive: true, force: true });
  });

  const nodeIds = opcuaTags.map(({ nodeId }) => nodeId);
  const log = () => readLog(join(directory, 'log'));
  const served = (tag: string) =>
    log().filter((line): line is Served => (line.type === 'value' || line.type === 'waveform') && line.tag === tag);
  const start = (...more: string[]) =>
    startPlant(['--pki', join(directory, 'pki'), '--log', join(directory, 'log'), ...more]);

  it('delivers every logged change of every tag exactly once, with its time, status and value', async () => {
    plant = await start('--seed', '3', '--speed', '20');
    watcher = await watchOpcua(plant.opcuaUrl, join(directory, 'pki'), nodeIds);
    const { received } = watcher;
    await until(() => (received.get('ns=1;s=Filler.TotalCount')?.length ?? 0) > 300, {
      deadlineMs: 25_000,
      what: 'three hundred bottles',
    });
    plant.child.kill('SIGUSR2');
    await until(() => log().some(({ type }) => type === 'hold'), { deadlineMs: 2000, what: 'the hold' });
    for (const { tag, nodeId } of opcuaTags) {
      const all = served(tag);
      const values = received.get(nodeId) ?? [];
      const last = all.at(-1)?.sourceTime;
      await until(() => values.at(-1)?.sourceTimestamp?.getTime() === last, {
        deadlineMs: 5000,
        what: `the last ${tag}`,
      });
      const first = all.findIndex((line) => line.sourceTime === values[0]?.sourceTimestamp?.getTime());
      ok(first >= 0, `${tag}: the first value that came was logged`);
      deepEqual(values.map(ofDataValue), all.slice(first).map(ofLine), tag);
    }
  });

  it('numbers the changes of a tag from 1 without a gap, at strictly rising times', async () => {
    plant = await start('--speed', '100');
    await until(() => served('Filler.TotalCount').length > 200, { deadlineMs: 10_000, what: 'two hundred bottles' });
    equal(await plant.stop(), 0);
    for (const { tag } of opcuaTags) {
      const all = served(tag);
      deepEqual(
        all.map(({ seq }) => seq),
        all.map((_line, index) => index + 1),
        tag,
      );
      ok(
        all.every((line, index) => index === 0 || line.sourceTime > (all[index - 1]?.sourceTime ?? 0)),
        tag,
      );
    }
    equal(log().filter(({ type }) => type === 'stop').length, 1);
  });

  it('shows a bad reading with the status that the catalogue names', async () => {
    plant = await start('--seed', '1', '--speed', '100');
    watcher = await watchOpcua(plant.opcuaUrl, join(directory, 'pki'), [
      'ns=1;s=Filler.Temperature',
      'ns=1;s=Tank.Level',
    ]);
    const codes = (nodeId: string) => watcher?.received.get(nodeId)?.map(({ statusCode }) => statusCode.value) ?? [];
    await until(
      () =>
        codes('ns=1;s=Filler.Temperature').includes(statusCodeOf.bad) &&
        codes('ns=1;s=Tank.Level').includes(statusCodeOf.uncertain),
      { deadlineMs: 20_000, what: 'a bad temperature and an uncertain level' },
    );
  });

  it('serves an encrypted session as well', async () => {
    plant = await start();
    watcher = await watchOpcua(plant.opcuaUrl, join(directory, 'pki'), ['ns=1;s=Filler.State'], true);
    await until(() => watcher?.received.get('ns=1;s=Filler.State')?.length, { deadlineMs: 5000, what: 'the state' });
  });
});
