import * as v from 'valibot';
import type { FlowEntry } from '../../support/bulkhead-http.ts';
import * as n from '../../support/compatibility/nodes.ts';
import type { Scenario } from '../../support/compatibility/scenario.ts';
import { until } from '../../support/until.ts';

const counting = (tab: string, version: number): FlowEntry[] => [
  n.tab(tab),
  n.inject(`${tab}-go`, tab, [`${tab}-f`]),
  n.func(
    `${tab}-f`,
    tab,
    `const own = (context.get("n") ?? 0) + 1; context.set("n", own);
     const ofTab = (flow.get("n") ?? 0) + 1; flow.set("n", ofTab);
     msg.payload = { version: ${version}, own, ofTab, started: flow.get("started"), ended: flow.get("ended") };
     return msg;`,
    [`${tab}-d`],
    {
      initialize: 'flow.set("started", (flow.get("started") ?? 0) + 1);',
      finalize: 'flow.set("ended", (flow.get("ended") ?? 0) + 1);',
    },
  ),
  n.debug(`${tab}-d`, tab, { complete: 'payload', targetType: 'msg' }),
  n.func(`${tab}-other`, tab, '', [], { initialize: 'flow.set("other", (flow.get("other") ?? 0) + 1);' }),
];

/** A flow as `/flow` has it. */
const single = (tab: string, version: number): string => {
  const [head, ...nodes] = counting(tab, version);
  return JSON.stringify({ ...head, nodes });
};
const contextValue = v.object({ msg: v.unknown() });
const json = { 'content-type': 'application/json', 'Node-RED-API-Version': 'v2' };

export const deployFlows: readonly Scenario[] = [
  {
    name: 'deploys of nodes, of flows and a restart touch the same nodes, and keep the same contexts',
    outputs: 20,
    flows: [...counting('dp1', 1), ...counting('dp2', 1)],
    async drive({ press, came, subject, add, ask }) {
      let count = 0;
      /** Presses the button of a tab once it was started this often, since it was made. */
      const look = async (tab: string, started: number): Promise<void> => {
        const question = `/context/flow/${tab}/started?store=memory`;
        await until(
          async () => {
            const { msg } = v.parse(contextValue, await (await subject.request(question)).json());
            return msg === String(started);
          },
          { deadlineMs: 20_000, what: `${tab} was started ${started} times in ${subject.kind}` },
        );
        await press(`${tab}-go`);
        count += 1;
        await came(count);
      };
      const change = async (method: string, where: string, body?: string, more = {}): Promise<void> => {
        const response = await subject.request(where, {
          method,
          headers: { ...json, ...more },
          ...(body === undefined ? {} : { body }),
        });
        add(`${method} ${where}`, response.status);
        count += 1;
      };
      await look('dp1', 1);
      await look('dp2', 1);
      await subject.deploy([...counting('dp1', 2), ...counting('dp2', 1)], 'nodes');
      await look('dp1', 2);
      await look('dp2', 1);
      await subject.deploy([...counting('dp1', 3), ...counting('dp2', 1)], 'flows');
      await look('dp1', 3);
      await look('dp2', 1);
      await change('POST', '/flows', '{}', { 'Node-RED-Deployment-Type': 'reload' });
      await look('dp1', 4);
      await look('dp2', 2);
      await change('PUT', '/flow/dp1', single('dp1', 4));
      await look('dp1', 5);
      await look('dp2', 2);
      await change('DELETE', '/flow/dp2');
      await change('GET', '/flow/dp2');
      await ask('/flow/dp1');
      await change('POST', '/flows', JSON.stringify({ rev: 'an old one', flows: counting('dp1', 6) }));
      count += 1;
      await look('dp1', 5);
      await subject.deploy(
        counting('dp1', 7).filter(({ id }) => id !== 'dp1-f'),
        'nodes',
      );
      await subject.deploy(counting('dp1', 8), 'nodes');
      await look('dp1', 6);
      await subject.deploy([], 'full');
      // A stock one answers a deploy once what ran has ended; here it may still be ending (docs/compatibility.md).
      const hasEnded = async (): Promise<boolean> => {
        const response = await subject.request('/context/flow/dp1/started?store=memory');
        return !response.ok || !(await response.text()).includes('"6"');
      };
      await until(hasEnded, { deadlineMs: 20_000, what: `dp1 has ended in ${subject.kind}` });
      await change('POST', '/inject/dp1-go');
      await ask('/flows');
    },
  },
];
