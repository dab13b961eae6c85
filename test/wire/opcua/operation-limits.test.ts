import { equal, ok } from 'node:assert/strict';
import { DataType } from 'node-opcua';
import { createOpcuaPlant, type OpcuaPlant } from '../../support/opcua-plant.ts';
import { type Reader, row, startReader } from '../../support/opcua-reading.ts';
import { until } from '../../support/until.ts';

const most = 10;
const names = Array.from({ length: 3 * most }, (_, at) => `tag${at}`);

for (const mode of ['subscribe', 'poll']) {
  describe(`an OPC UA server that takes a few operations at a time (${mode})`, function () {
    this.timeout(20_000);
    let plant: OpcuaPlant;
    let reader: Reader;

    const areGood = (rows: readonly string[]): Promise<boolean> =>
      until(() => rows.every((name) => reader.last(name)?.quality === 'good'), {
        deadlineMs: 10_000,
        what: 'a good value of each tag',
      });

    before(async () => {
      const variables = names.map((name, at) => [name, { dataType: DataType.Double, value: at }] as const);
      plant = await createOpcuaPlant({ mostOperations: most, variables: Object.fromEntries(variables) });
      reader = startReader(
        plant.port,
        names.map((name) => row(name)),
        { mode },
      );
    });
    after(async () => {
      await reader?.stop();
      await plant?.close();
    });

    it('is asked for no more', async () => {
      await areGood(names);
      equal(mode === 'poll' ? plant.largest.read : plant.largest.monitor, most);
      ok(plant.largest.read <= most);
      equal(reader.traffic.total('retry'), 0);
    });

    it('is asked for less when it takes less than it said, and the repetitions are counted', async () => {
      plant.takesAtMost(2);
      reader.subscriber.pause();
      reader.batches.length = 0;
      reader.subscriber.resume();
      await areGood(names);
      ok(reader.traffic.total('retry') >= 2);
    });
  });
}
