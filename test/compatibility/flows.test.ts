import { type Runs, runTogether } from '../support/compatibility/run-together.ts';
import { assertSame, type Scenario } from '../support/compatibility/scenario.ts';
import { createMosquitto } from '../support/mosquitto.ts';
import { startHouse, startStock } from '../support/compatibility/subject.ts';
import { contextFlows } from './flows/context.ts';
import { deployFlows } from './flows/deploys.ts';
import { functionFlows } from './flows/functions.ts';
import { handlerFlows } from './flows/handlers.ts';
import { httpFlows } from './flows/http.ts';
import { linkFlows } from './flows/links.ts';
import { mqttFlows, mqttLogin } from './flows/mqtt.ts';
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
  ...mqttFlows,
];

describe('a flow gives the same here as in stock Node-RED:', function () {
  this.timeout(180_000);
  let stock: Runs | undefined;
  let bulkhead: Runs | undefined;

  before(async () => {
    const env = { COMPATIBILITY_TEST: 'of the process' };
    const broker = await createMosquitto({ login: mqttLogin });
    await broker.start();
    const subjects = await Promise.all([startStock({ env }), startHouse({ env })]);
    try {
      const place = { mqtt: String(broker.port) };
      [stock, bulkhead] = await Promise.all(
        subjects.map(async (subject) => {
          const together = await runTogether(
            scenarios.map((scenario) => ({ ...scenario, place })),
            subject,
          );
          // They deploy themselves, so they come last and have the flow file for themselves.
          return new Map([...together, ...(await runTogether(deployFlows, subject))]);
        }),
      );
    } finally {
      await Promise.all(subjects.map((subject) => subject.stop()));
      await broker.remove();
    }
  });

  for (const { name } of [...scenarios, ...deployFlows]) {
    it(name, () => assertSame(stock?.get(name), bulkhead?.get(name)));
  }
});
