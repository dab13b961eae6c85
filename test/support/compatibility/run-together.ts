/** Runs many scenarios at once in a stock Node-RED and in Bulkhead, as tabs of one flow file each. */
import type { FlowEntry } from '../bulkhead-http.ts';
import type { Subject } from './subject.ts';
import { type Placed, placeFor, type Run, run, type Scenario } from './scenario.ts';

/** By the name of the scenario. */
export type Runs = ReadonlyMap<string, Run>;

/** In full each tab has a compartment of its own; else tabs that are alone in their scenario share one. */
export const inFull = process.env['COMPATIBILITY'] === 'full';

function sharing(scenario: Scenario, compartment: string): Scenario {
  const tabs = scenario.flows.filter(({ type }) => type === 'tab');
  if (inFull || tabs.length !== 1) return scenario;
  const pin = { name: 'BULKHEAD_COMPARTMENT', value: compartment, type: 'str' };
  const pinned = (node: FlowEntry): FlowEntry => {
    const env: readonly unknown[] = Array.isArray(node['env']) ? node['env'] : [];
    return node.type === 'tab' ? { ...node, env: [...env, pin] } : node;
  };
  return { ...scenario, flows: scenario.flows.map(pinned) };
}

/** So many processes start within their half a minute on two cores. */
const mostAtOnce = 25;

/** One deploy with the flows of all, then all are driven at the same time; in full a few deploys, one after the other. */
export async function runTogether(
  scenarios: readonly Scenario[],
  subject: Subject,
  compartmentOf: (name: string) => string = () => 'shared',
): Promise<Runs> {
  const runs: [string, Run][] = [];
  const most = inFull ? mostAtOnce : scenarios.length;
  for (let from = 0; from < scenarios.length; from += most) {
    runs.push(...(await deployAndRun(scenarios.slice(from, from + most), subject, compartmentOf)));
  }
  return new Map(runs);
}

async function deployAndRun(
  scenarios: readonly Scenario[],
  subject: Subject,
  compartmentOf: (name: string) => string,
): Promise<[string, Run][]> {
  const all: Placed[] = [];
  for (const scenario of scenarios) {
    all.push(await placeFor(sharing(scenario, compartmentOf(scenario.name)), subject));
  }
  await subject.deploy(all.flatMap(({ flows }) => flows));
  return Promise.all(
    all.map(async (placed): Promise<[string, Run]> => {
      const result = await run(placed, subject).then(
        (outcome): Run['result'] => ({ ok: true, outcome }),
        (error: unknown): Run['result'] => ({ ok: false, error }),
      );
      return [placed.scenario.name, { placed, result }];
    }),
  );
}
