import type { FlowEntry } from '../../support/bulkhead-http.ts';
import * as n from '../../support/compatibility/nodes.ts';
import type { Scenario } from '../../support/compatibility/scenario.ts';

const subflow = (id: string, first: string, last: string, more: Readonly<Record<string, unknown>> = {}): FlowEntry => ({
  id,
  type: 'subflow',
  name: id,
  info: '',
  category: '',
  in: [{ x: 1, y: 1, wires: [{ id: first }] }],
  out: [{ x: 1, y: 1, wires: [{ id: last, port: 0 }] }],
  env: [],
  ...more,
});
const str = (name: string, value: string): Record<string, string> => ({ name, value, type: 'str' });

export const subflowFlows: readonly Scenario[] = [
  {
    name: 'subflows have their own environment, overridden by each use, on two tabs',
    outputs: 3,
    flows: [
      n.tab('sa1', { env: [str('FROM_TAB', 'first tab')] }),
      n.tab('sa2', { env: [str('FROM_TAB', 'second tab')] }),
      subflow('sa-inner', 'sa-if', 'sa-if', { env: [str('LEVEL', 'inner'), str('OWN', 'of the inner')] }),
      n.func(
        'sa-if',
        'sa-inner',
        `msg.inner = ["LEVEL", "OWN", "FROM_TAB", "NR_SUBFLOW_NAME", "NR_SUBFLOW_PATH", "NR_FLOW_NAME", "NR_NODE_PATH"].map((name) => env.get(name)); return msg;`,
        [[]],
      ),
      subflow('sa-outer', 'sa-of', 'sa-nested', {
        env: [str('LEVEL', 'outer'), { name: 'SECRET', value: '', type: 'cred' }],
      }),
      n.func(
        'sa-of',
        'sa-outer',
        'msg.outer = [env.get("LEVEL"), env.get("FROM_TAB"), env.get("SECRET")]; return msg;',
        ['sa-nested'],
      ),
      n.node('subflow:sa-inner', 'sa-nested', 'sa-outer', [[]], { env: [str('OWN', 'of the use in the outer')] }),
      n.inject('sa-go1', 'sa1', [['sa-use1', 'sa-use2']]),
      n.node('subflow:sa-outer', 'sa-use1', 'sa1', ['sa-d1'], { env: [str('LEVEL', 'use 1')] }),
      n.node('subflow:sa-outer', 'sa-use2', 'sa1', ['sa-d1'], {
        env: [{ name: 'SECRET', type: 'cred' }],
        credentials: { SECRET: 'the secret of use 2' },
      }),
      n.debug('sa-d1', 'sa1'),
      n.inject('sa-go2', 'sa2', ['sa-use3']),
      n.node('subflow:sa-outer', 'sa-use3', 'sa2', ['sa-d2']),
      n.debug('sa-d2', 'sa2'),
    ],
  },
  {
    name: 'nodes in a subflow have buttons, statuses, contexts and errors of their own',
    outputs: 8,
    normalisers: ['stacks'],
    flows: [
      n.tab('sb1'),
      subflow('sb-sub', 'sb-f', 'sb-f', {
        status: { x: 1, y: 1, wires: [{ id: 'sb-status', port: 0 }] },
      }),
      n.inject('sb-inside', 'sb-sub', ['sb-f'], { payload: 'pressed inside' }),
      n.func(
        'sb-f',
        'sb-sub',
        `const count = (flow.get("count") ?? 0) + 1; flow.set("count", count);
         const ofParent = (flow.get("$parent.count") ?? 0) + 1; flow.set("$parent.count", ofParent);
         node.status({ text: "count " + count });
         msg.payload += " " + count + " " + ofParent;
         if (msg.payload.startsWith("fail")) throw new Error("in the subflow");
         return msg;`,
        ['sb-d-inside'],
      ),
      n.debug('sb-d-inside', 'sb-sub', { complete: 'payload', targetType: 'msg' }),
      n.node('status', 'sb-status', 'sb-sub', [[]], { scope: ['sb-f'] }),
      n.inject('sb-go', 'sb1', [['sb-use1', 'sb-use2']]),
      n.inject('sb-fail', 'sb1', ['sb-use1'], { payload: 'fail' }),
      n.node('subflow:sb-sub', 'sb-use1', 'sb1', ['sb-d'], { name: 'use 1' }),
      n.node('subflow:sb-sub', 'sb-use2', 'sb1', ['sb-d'], { name: 'use 2' }),
      n.catchNode('sb-c', 'sb1', ['sb-d']),
      n.debug('sb-d', 'sb1'),
    ],
    async drive({ press, came, shows }) {
      await press('sb-go');
      await came(4);
      await press('sb-use1-sb-inside');
      await came(6);
      await press('sb-fail');
      await came(7);
      await shows('sb-use1', 'count 3');
    },
  },
  {
    name: 'a subflow brings its own config node and link call target',
    outputs: 1,
    flows: [
      n.tab('sc1'),
      subflow('sc-sub', 'sc-call', 'sc-call', { env: [str('PATH_OF', '/sc')] }),
      n.linkCall('sc-call', 'sc-sub', 'sc-in', [[]]),
      n.inject('sc-go', 'sc1', ['sc-use']),
      n.node('subflow:sc-sub', 'sc-use', 'sc1', ['sc-d']),
      n.linkIn('sc-in', 'sc1', ['sc-f']),
      n.func('sc-f', 'sc1', 'msg.payload = "called from a subflow"; return msg;', ['sc-r']),
      n.linkReturn('sc-r', 'sc1'),
      n.debug('sc-d', 'sc1'),
    ],
  },
  {
    name: 'the environment is looked up in groups, tab, globally and in the process',
    outputs: 3,
    flows: [
      n.config('global-config', 'ea-global', {
        env: [
          str('GLOBAL', 'for all'),
          { name: 'GLOBAL_SECRET', type: 'cred', value: '' },
          { name: 'SUM', value: '1+1', type: 'jsonata' },
        ],
        modules: {},
        credentials: { map: { GLOBAL_SECRET: 'hidden' } },
      }),
      n.tab('ea1', {
        env: [
          str('OF_TAB', 'tab'),
          str('NUMBER', '12'),
          { name: 'AS_NUMBER', value: '12', type: 'num' },
          { name: 'LIKE', value: '${OF_TAB} and more', type: 'str' },
        ],
      }),
      {
        ...n.node('group', 'ea-outer', 'ea1'),
        nodes: ['ea-inner'],
        env: [str('OF_TAB', 'outer group'), str('OF_GROUP', 'outer')],
      },
      { ...n.node('group', 'ea-inner', 'ea1'), g: 'ea-outer', nodes: ['ea-f'], env: [str('OF_GROUP', 'inner')] },
      n.inject('ea-go', 'ea1', [['ea-f', 'ea-change', 'ea-t']]),
      n.func(
        'ea-f',
        'ea1',
        `msg.payload = ["OF_TAB", "$parent.OF_TAB", "OF_GROUP", "NUMBER", "AS_NUMBER", "LIKE", "GLOBAL", "GLOBAL_SECRET", "SUM", "COMPATIBILITY_TEST", "NR_NODE_ID",
           "NR_NODE_NAME", "NR_GROUP_ID", "NR_GROUP_NAME", "NR_FLOW_ID", "NR_FLOW_NAME", "NOT_THERE"].map((name) => name + "=" + env.get(name));
         return msg;`,
        ['ea-d'],
        { g: 'ea-inner' },
      ),
      n.node('change', 'ea-change', 'ea1', ['ea-d2'], {
        rules: [{ t: 'set', p: 'payload', pt: 'msg', to: '${OF_TAB}-${COMPATIBILITY_TEST}-${GLOBAL}', tot: 'env' }],
      }),
      n.node('template', 'ea-t', 'ea1', ['ea-d3'], {
        field: 'payload',
        fieldType: 'msg',
        format: 'handlebars',
        syntax: 'mustache',
        template: 'This is {{env.OF_TAB}} {{env.GLOBAL}} {{{env.COMPATIBILITY_TEST}}}',
        output: 'str',
      }),
      ...['ea-d', 'ea-d2', 'ea-d3'].map((id) => n.debug(id, 'ea1')),
    ],
  },
];
