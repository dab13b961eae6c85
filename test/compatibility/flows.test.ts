import { type Runs, runTogether } from '../support/compatibility/run-together.ts';
import { assertSame, type Scenario } from '../support/compatibility/scenario.ts';
import { startHouse, startStock } from '../support/compatibility/subject.ts';
import { contextFlows } from './flows/context.ts';
import { functionFlows } from './flows/functions.ts';
import { handlerFlows } from './flows/handlers.ts';
import { httpFlows } from './flows/http.ts';
import { linkFlows } from './flows/links.ts';
import { sequenceFlows } from './flows/sequences.ts';
import { socketFlows } from './flows/sockets.ts';
import { subflowFlows } from './flows/subflows.ts';

const scenarios: readonly Scenario[] = [
  ...linkFlows,
  ...httpFlows,
  ...socketFlows,
  ...handlerFlows,
  ...subflowFlows,
  ...contextFlows,
  ...functionFlows,
  ...sequenceFlows,
];

describe('a flow gives the same here as in stock Node-RED:', function () {
  this.timeout(180_000);
  let stock: Runs;
  let bulkhead: Runs;

  before(async () => {
    const env = { COMPATIBILITY_TEST: 'of the process' };
    const subjects = await Promise.all([startStock({ env }), startHouse({ env })]);
    try {
      [stock, bulkhead] = await Promise.all([runTogether(scenarios, subjects[0]), runTogether(scenarios, subjects[1])]);
    } finally {
      await Promise.all(subjects.map((subject) => subject.stop()));
    }
  });

  for (const { name } of scenarios) it(name, () => assertSame(stock.get(name), bulkhead.get(name)));
});
