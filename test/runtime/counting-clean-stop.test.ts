import { deepEqual, equal, ok } from 'node:assert/strict';
import { rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import { compare, type SourceResult } from '../support/counting/compare.ts';
import { makeHome } from '../support/counting/own-home.ts';
import { faultsOf, printResults } from '../support/counting/report.ts';
import { demoFlows, signalsOf } from '../support/counting/signals.ts';
import { historyOfStopped } from '../support/counting/stopped-database.ts';
import { until } from '../support/until.ts';
import { readLog } from '../wire/plant/plant-process.ts';

/** About 15 s of the plant: ten waveforms and 40 reads of 36 registers a second. */
const wantedLogBytes = 300_000;

describe('after a clean stop the historian', () => {
  let home = '';
  let house: Bulkhead | undefined;
  let exitCode: number | null = null;
  let results: SourceResult[] = [];

  before(async function () {
    this.timeout(90_000);
    home = await makeHome();
    const flows = demoFlows({ pollMs: 50, publishingMs: 100 });
    house = await startBulkhead({ home, flows });
    const log = path.join(home, 'plant', 'log.jsonl');
    await until(() => statSync(log).size > wantedLogBytes, {
      deadlineMs: 40_000,
      what: `${wantedLogBytes} bytes of the plant's log`,
      everyMs: 250,
    });
    exitCode = await house.stop();
    for (const line of house.output.lines()) if (/stop|killed/.test(line)) console.log(`      ${line}`);
    results = compare(readLog(log), await historyOfStopped(home), signalsOf(flows));
    printResults(results);
  });
  after(async () => {
    await house?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  it('holds every OPC UA change and every answered Modbus read', () => {
    equal(exitCode, 0);
    deepEqual(
      results.map(({ source, missing }) => ({ source, missing: missing.slice(0, 10) })),
      [
        { source: 'OPC UA', missing: [] },
        { source: 'capper', missing: [] },
        { source: 'labeller', missing: [] },
      ],
    );
    for (const { source, stored } of results) ok(stored >= 100, `${source}: only ${stored}`);
    ok((results[0]?.waveforms ?? 0) >= 50);
  });

  it('holds each of them once, with its value, quality and time, and nothing else', () => {
    deepEqual(faultsOf(results), []);
    deepEqual(
      results.map(({ explained }) => explained),
      [{}, {}, {}],
    );
  });
});
