import { DataType } from 'node-opcua';
import { type Runs, runTogether } from '../../test/support/compatibility/run-together.ts';
import { assertSame } from '../../test/support/compatibility/scenario.ts';
import { startHouse, startStock, type Subject } from '../../test/support/compatibility/subject.ts';
import { createOpcuaPlant } from '../../test/support/opcua-plant.ts';
import { installedPalettes } from './installed-palettes.ts';
import { paletteFlows } from './palette-flows.ts';

describe('a palette from npm, unmodified, gives the same here as in stock Node-RED:', function () {
  this.timeout(600_000);
  let stock: Runs | undefined;
  let bulkhead: Runs | undefined;

  before(async () => {
    const nodeModules = await installedPalettes();
    const subjects = await Promise.all([startStock({ nodeModules }), startHouse({ nodeModules })]);
    // The OPC UA palette connects when it is deployed, and only then: its servers have to be there before.
    const variables = { speed: { dataType: DataType.Double, value: 1.25 } };
    const plants = [await createOpcuaPlant({ variables }), await createOpcuaPlant({ variables })];
    const run = (subject: Subject, index: number): Promise<Runs> => {
      const place = { opcua: String(plants[index]?.port) };
      return runTogether(
        paletteFlows.map((scenario) => ({ ...scenario, place })),
        subject,
      );
    };
    try {
      [stock, bulkhead] = await Promise.all(subjects.map(run));
    } finally {
      await Promise.all([...subjects.map((subject) => subject.stop()), ...plants.map((plant) => plant.close())]);
    }
  });

  after(() => {
    for (const { result } of bulkhead?.values() ?? [])
      if (result.ok)
        console.log(
          JSON.stringify(result.outcome.outputs).slice(0, 900),
          JSON.stringify([...result.outcome.statuses]).slice(0, 400),
        );
  });
  for (const { name } of paletteFlows) it(name, () => assertSame(stock?.get(name), bulkhead?.get(name)));
});
