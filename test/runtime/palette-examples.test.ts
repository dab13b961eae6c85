/** All examples of the three field palettes on one house: each tab a process of its own. */
import { deepEqual } from 'node:assert/strict';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import { type ExampleRun, watchExamples } from '../support/example-run.ts';
import { type ExampleDevices, startExampleDevices } from '../support/palette-examples.ts';

describe('the examples of the palettes in a house', function () {
  this.timeout(120_000);
  let devices: ExampleDevices;
  let bulkhead: Bulkhead;
  let run: ExampleRun;

  before(async () => {
    [devices, bulkhead] = await Promise.all([
      startExampleDevices(),
      startBulkhead({ flows: [], env: { BULKHEAD_PLANT: 'false', BULKHEAD_DEMO: 'false' } }),
    ]);
    run = await watchExamples(bulkhead.url);
  });

  after(async () => {
    run?.close();
    await Promise.all([devices?.stop(), bulkhead?.stop()]);
  });

  it('show what they should, and no compartment ends', async () => {
    await bulkhead.deploy(devices.examples.flatMap(({ flow }) => flow));
    for (const example of devices.examples) await run.see(example);
    const labels = devices.examples.flatMap(({ flow }) => flow.filter(({ type }) => type === 'tab'));
    const compartments = await bulkhead.compartments();
    deepEqual(compartments.flatMap(({ tabs }) => tabs.map(({ id }) => id)).sort(), labels.map(({ id }) => id).sort());
    deepEqual(
      compartments.filter(({ state, restarts, lastExit }) => state !== 'running' || restarts > 0 || lastExit !== null),
      [],
    );
  });
});
