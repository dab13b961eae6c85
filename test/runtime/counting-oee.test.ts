import { deepEqual, ok } from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { idealCycleMs } from '../../packages/plant/src/catalogue.ts';
import type { TruthLine } from '../../packages/plant/src/log/truth-line.ts';
import { packml } from '../../packages/plant/src/model/packml.ts';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import { connectToHistory, type History, readHistory } from '../support/counting/history.ts';
import { oeeFlows, resultTopic } from '../support/counting/oee-flow.ts';
import { type OeeWindow, oeeWindows } from '../support/counting/oee-windows.ts';
import { makeHome } from '../support/counting/own-home.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';
import { type PlantProcess, readLog, startPlant } from '../wire/plant/plant-process.ts';

/** Simulated seconds in one: five minutes of the line lie in a window of ten seconds. */
const speed = 30;
/** Of several lengths, because nobody can choose where the borders of a window lie. */
const lengths = [8, 9, 10, 11, 12];
const truthOptions = {
  runningStates: [packml.execute],
  microStopMs: 8_500 / speed,
  idealCycleMs: idealCycleMs.filler / speed,
};
/** Bottles until the total counter wraps: about 14 s at this speed, when the first windows are whole. */
const bottlesToWrap = 900;
const inputs = ['state', 'total', 'reject'].map((tag) => `umh.v1.acme.bottling.line1.filler._raw.${tag}`);

describe('OEE from the plant to the historian', () => {
  let home = '';
  let house: Bulkhead | undefined;
  let plant: PlantProcess | undefined;
  let windows: OeeWindow[] = [];

  before(async function () {
    this.timeout(120_000);
    home = await makeHome();
    const log = path.join(home, 'plant.jsonl');
    // The plant goes on where a log ends: this one ends shortly before the wrap.
    const counts = { filler: { total: 65_536 - bottlesToWrap, rejects: 65_536 - 20 } };
    const before: TruthLine = { type: 'checkpoint', at: Date.now(), run: 0, sequences: {}, times: {}, counts };
    writeFileSync(log, `${JSON.stringify(before)}\n`);
    const port = await freePort();
    const flows = oeeFlows({
      opcuaUrl: `opc.tcp://127.0.0.1:${port}`,
      windows: lengths,
      microStopMs: truthOptions.microStopMs,
      idealCycleMs: truthOptions.idealCycleMs,
    });
    house = await startBulkhead({ home, flows, settings: 'plant:\n  enabled: false\n' });
    plant = await startPlant([
      '--seed=3',
      `--speed=${speed}`,
      `--opcua-port=${port}`,
      `--log=${log}`,
      `--pki=${path.join(home, 'pki')}`,
    ]);
    const wrappedAt = await until(
      () => readLog(log).find((line) => line.type === 'count' && line.machine === 'filler' && line.total >= 65_536),
      { deadlineMs: 60_000, what: 'the wrap of the total counter', everyMs: 500 },
    );
    const wrapTime = 'at' in wrappedAt ? wrappedAt.at : 0;
    const client = await connectToHistory(home);
    let history: History = new Map();
    try {
      await until(
        async () => {
          history = await readHistory(client);
          return lengths.every((seconds) =>
            history.get(`${resultTopic(seconds)}.oee`)?.some(({ sourceTime }) => sourceTime > wrapTime),
          );
        },
        { deadlineMs: 30_000, what: 'the windows that hold the wrap are closed and stored', everyMs: 500 },
      );
    } finally {
      await client.end();
    }
    const lines = readLog(log);
    windows = lengths.flatMap((seconds) => oeeWindows(lines, history, seconds, inputs, truthOptions));
  });
  after(async () => {
    await house?.stop();
    await plant?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  it("equals the plant's own truth to 1e-6 in every closed window", () => {
    for (const { end, start, figures, truth, beganUnread, isCut } of windows) {
      if (beganUnread || isCut) continue;
      const { total, good, rejects: reject, plannedMs, runMs, availability, performance, quality, oee } = truth;
      const expected = { total, good, reject, plannedMs, runMs, availability, performance, quality, oee };
      for (const [name, value] of Object.entries(expected)) {
        const actual = figures[name] ?? null;
        const isNear = value === null || actual === null ? value === actual : Math.abs(actual - value) <= 1e-6;
        ok(isNear, `${name} of the ${end - start} ms that end at ${end}: ${actual}, the plant knows ${value}`);
      }
    }
  });

  it('calls uncertain what it did not see whole', () => {
    const partly = windows.filter(({ beganUnread, isCut }) => beganUnread || isCut);
    ok(partly.length >= lengths.length, 'the first window of each length begins before the plant');
    for (const { start, end, quality, figures } of partly) {
      ok(['uncertain', 'bad'].includes(quality), `${figures['total']} from ${start} to ${end} is ${quality}`);
    }
  });

  it('was asked for a window with a wrap, a stop, a micro-stop and a bad counter', () => {
    const full = windows.filter(
      ({ truth, wraps, blindSpells, beganUnread, isCut }) =>
        !beganUnread && !isCut && wraps > 0 && truth.stops > 0 && truth.microStops > 0 && blindSpells > 0,
    );
    for (const { start, end, truth, figures, blindSpells } of full) {
      console.log(
        `      ${(end - start) / 1000} s: OEE ${figures['oee']} (plant ${truth.oee}), ${truth.total} bottles over a wrap, ` +
          `${truth.stops} stops, ${truth.microStops} micro-stops, counter bad ${blindSpells} times`,
      );
    }
    console.log(
      `      ${windows.length} windows, ${windows.filter(({ isCut }) => isCut).length} cut where the counter was bad, ` +
        `${windows.filter(({ beganUnread }) => beganUnread).length} begun before the first reading`,
    );
    ok(full.length > 0, JSON.stringify(windows));
    deepEqual(new Set(full.map(({ wraps }) => wraps)), new Set([1]));
  });
});
