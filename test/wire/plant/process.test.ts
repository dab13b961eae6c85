import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TruthLine } from '../../../packages/plant/src/log/truth-line.ts';
import { until } from '../../support/until.ts';
import { connectModbus } from './modbus-client.ts';
import { type PlantProcess, readLog, runPlant, startPlant } from './plant-process.ts';

describe('the process of the plant', () => {
  let directory = '';
  const plants: PlantProcess[] = [];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'bh-plant-'));
  });
  afterEach(async () => {
    for (const plant of plants.splice(0)) await plant.stop('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  });

  const start = async (log: string, ...more: string[]): Promise<PlantProcess> => {
    const plant = await startPlant(['--pki', join(directory, 'pki'), '--log', join(directory, log), ...more]);
    plants.push(plant);
    return plant;
  };
  const log = (name = 'log') => readLog(join(directory, name));
  const bottles = (lines: TruthLine[]) => lines.filter(({ type }) => type === 'count').length;

  it('serves the same values at the same relative times for the same seed', async () => {
    const sequence = (name: string) => {
      const lines = log(name);
      const begun = lines.find(({ type }) => type === 'start');
      const origin = begun?.type === 'start' ? begun.at : 0;
      return lines.flatMap((line) => {
        if (line.type === 'value') return [[line.tag, line.seq, line.sourceTime - origin, line.value, line.quality]];
        if (line.type === 'waveform') return [[line.tag, line.seq, line.sourceTime - origin, line.sha1]];
        if (line.type === 'count') return [[line.machine, line.at - origin, line.total, line.rejects]];
        if (line.type === 'state') return [[line.machine, line.at - origin, line.state]];
        return [];
      });
    };
    for (const name of ['a', 'b']) {
      const plant = await start(name, '--seed', '7', '--speed', '50');
      await until(() => bottles(log(name)) > 400, { deadlineMs: 15_000, what: 'four hundred bottles' });
      await plant.stop();
    }
    const [a, b] = [sequence('a'), sequence('b')];
    const length = Math.min(a.length, b.length);
    ok(length > 500);
    deepEqual(a.slice(0, length), b.slice(0, length));
  });

  it('goes on with its numbers, times and counts after a kill', async () => {
    const first = await start('log', '--speed', '50');
    let modbus = await connectModbus(first.port('capper'));
    for (let round = 0; round < 5; round += 1) await modbus.readHoldingRegisters(0, 18);
    modbus.close(() => {});
    await until(() => bottles(log()) > 200, { deadlineMs: 10_000, what: 'two hundred bottles' });
    await first.stop('SIGKILL');
    const before = log().length;
    const second = await start('log', '--speed', '50');
    modbus = await connectModbus(second.port('capper'));
    equal((await modbus.readHoldingRegisters(0, 2)).data[1], 6);
    modbus.close(() => {});
    await until(() => bottles(log().slice(before)) > 200, { deadlineMs: 10_000, what: 'two hundred more bottles' });
    await second.stop();
    const lines = log();
    equal(lines.filter(({ type }) => type === 'restart').length, 1);
    for (const tag of ['Filler.State', 'Filler.TotalCount', 'Filler.Vibration', 'Tank.Level']) {
      const own = lines.flatMap((line) => ('tag' in line && line.tag === tag ? [line] : []));
      deepEqual(
        own.map(({ seq }) => seq),
        own.map((_line, index) => index + 1),
        tag,
      );
      ok(
        own.every((line, index) => index === 0 || line.sourceTime > (own[index - 1]?.sourceTime ?? 0)),
        tag,
      );
    }
    const totals = lines.flatMap((line) => (line.type === 'count' && line.machine === 'filler' ? [line.total] : []));
    ok(totals.every((total, index) => index === 0 || [0, 1].includes(total - (totals[index - 1] ?? 0))));
  });

  it('ends with 0 within 3 s of SIGTERM and has logged its end', async () => {
    const plant = await start('log');
    const begun = performance.now();
    equal(await plant.stop(), 0);
    ok(performance.now() - begun < 3000);
    equal(log().filter(({ type }) => type === 'stop').length, 1);
  });

  it('refuses a port in use with one line and exit code 78', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    try {
      for (const option of ['--opcua-port', '--modbus-capper-port', '--modbus-labeller-port']) {
        const { code, stderr } = await runPlant(['--pki', join(directory, 'pki'), option, port]);
        equal(code, 78);
        match(stderr, new RegExp(`^plant: .*EADDRINUSE.*${port}.*\\n$`));
      }
    } finally {
      taken.close();
    }
  });

  for (const [name, args, expected, exitCode] of [
    ['no folder for keys', [], /^plant: --pki DIR is missing/, 64],
    ['an unknown option', ['--pki', 'x', '--sped', '2'], /^plant: Unknown option '--sped'/, 64],
    ['a port that is none', ['--pki', 'x', '--opcua-port', '70000'], /^plant: --opcua-port 70000/, 64],
    [
      'a recording that is missing',
      ['--pki', 'x', '--replay', '/nowhere.csv'],
      /^plant: cannot read .*nowhere.*\n$/,
      78,
    ],
  ] as const) {
    it(`refuses ${name} with exit code ${exitCode}`, async () => {
      const { code, stderr } = await runPlant(args);
      equal(code, exitCode);
      match(stderr, expected);
    });
  }

  it('refuses a recording without numbers with one line and exit code 78', async () => {
    const file = join(directory, 'words.csv');
    writeFileSync(file, 'time,word\n1,one\n');
    const { code, stderr } = await runPlant(['--pki', join(directory, 'pki'), '--replay', file]);
    equal(code, 78);
    match(stderr, /^plant: cannot replay .*words\.csv: none of its columns.*\n$/);
  });
});
