import assert from 'node:assert/strict';
import { exampleNames, scenarioOf } from '../support/compatibility/example.ts';
import { type Runs, runTogether } from '../support/compatibility/run-together.ts';
import { assertSame, type Scenario } from '../support/compatibility/scenario.ts';
import { startHouse, startStock } from '../support/compatibility/subject.ts';
import { manifest } from './examples/manifest.ts';

/** In full each example has a compartment of its own; else those of one node share one, which saves 90 processes. */
const full = process.env['COMPATIBILITY'] === 'full';

const compartmentOf = (name: string): string | undefined => (full ? undefined : name.split('/').slice(0, 2).join('/'));

const scenarios = Object.entries(manifest).flatMap(([name, entry]): Scenario[] =>
  entry.kind === 'compared' ? [scenarioOf(name, entry, compartmentOf(name))] : [],
);

describe('the examples of the core nodes', function () {
  this.timeout(180_000);
  let stock: Runs;
  let bulkhead: Runs;

  before(async () => {
    const subjects = await Promise.all([startStock(), startHouse()]);
    try {
      [stock, bulkhead] = await Promise.all([runTogether(scenarios, subjects[0]), runTogether(scenarios, subjects[1])]);
    } finally {
      await Promise.all(subjects.map((subject) => subject.stop()));
    }
  });

  it('are all in the manifest, and nothing else is', () => {
    assert.deepEqual(Object.keys(manifest).sort(), exampleNames());
  });

  it('are compared, four in five at the least', () => {
    assert.ok(scenarios.length >= 0.8 * Object.keys(manifest).length, `${scenarios.length} are compared`);
  });

  for (const { name } of scenarios) {
    it(`give the same here as in stock Node-RED: ${name}`, () => assertSame(stock.get(name), bulkhead.get(name)));
  }
});
