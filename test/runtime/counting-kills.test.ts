import { deepEqual, equal, ok } from 'node:assert/strict';
import { type KillRun, printKill, printWindow, runWithKills } from '../support/counting/kill-run.ts';
import { faultsOf, printResults } from '../support/counting/report.ts';

/** One of each kind; `npm run bench -- kills` takes ten at random and holds the windows to 3 s. */
const order = ['broker', 'compartment:tab-filler', 'postgres', 'compartment:tab-historian', 'supervisor'];

describe('after kill -9 of one process after the other under load', () => {
  let run: KillRun;

  before(async function () {
    this.timeout(150_000);
    run = await runWithKills({ choose: () => order, onKill: printKill });
    printResults(run.results);
    run.windows.forEach(printWindow);
  });

  it('the house came back by itself each time and no other process was touched', () => {
    deepEqual(
      run.kills.map(({ name, alsoRestarted }) => ({ name, alsoRestarted })),
      order.map((name) => ({ name, alsoRestarted: [] })),
    );
    equal(run.exitCode, 0);
  });

  it('nothing is stored twice or otherwise than it was served', () => {
    deepEqual(faultsOf(run.results), []);
    for (const { source, stored } of run.results) ok(stored > 50, `${source}: only ${stored}`);
  });

  it('what is missing lies around a kill, between the last value stored before and the first after it', () => {
    deepEqual(
      run.windows.filter(({ isAroundKill }) => !isAroundKill),
      [],
    );
  });
});
