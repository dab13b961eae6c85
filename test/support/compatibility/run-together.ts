/** Runs many scenarios at once in a stock Node-RED and in Bulkhead, as tabs of one flow file each. */
import type { Subject } from './subject.ts';
import { type Placed, placeFor, type Run, run, type Scenario } from './scenario.ts';

/** By the name of the scenario. */
export type Runs = ReadonlyMap<string, Run>;

/** One deploy with the flows of all, then all are driven at the same time. */
export async function runTogether(scenarios: readonly Scenario[], subject: Subject): Promise<Runs> {
  const all: Placed[] = [];
  for (const scenario of scenarios) all.push(await placeFor(scenario, subject));
  await subject.deploy(all.flatMap(({ flows }) => flows));
  const runs = await Promise.all(
    all.map(async (placed): Promise<[string, Run]> => {
      const result = await run(placed, subject).then(
        (outcome): Run['result'] => ({ ok: true, outcome }),
        (error: unknown): Run['result'] => ({ ok: false, error }),
      );
      return [placed.scenario.name, { placed, result }];
    }),
  );
  return new Map(runs);
}
