import assert from 'node:assert/strict';
import { exampleNames, scenarioOf } from '../support/compatibility/example.ts';
import { type Runs, runTogether } from '../support/compatibility/run-together.ts';
import { assertSame, type Scenario } from '../support/compatibility/scenario.ts';
import { startHouse, startStock } from '../support/compatibility/subject.ts';
import { manifest } from './examples/manifest.ts';

/** The examples of one category share a compartment, which saves 100 processes. */
const categoryOf = (name: string): string => name.split('/')[0] ?? name;

const scenarios = Object.entries(manifest).flatMap(([name, entry]): Scenario[] =>
  entry.kind === 'compared' ? [scenarioOf(name, entry)] : [],
);

describe('the examples of the core nodes', function () {
  this.timeout(180_000);
  let stock: Runs;
  let bulkhead: Runs;

  before(async () => {
    const subjects = await Promise.all([startStock(), startHouse()]);
    try {
      [stock, bulkhead] = await Promise.all([
        runTogether(scenarios, subjects[0], categoryOf),
        runTogether(scenarios, subjects[1], categoryOf),
      ]);
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
