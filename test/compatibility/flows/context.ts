import * as n from '../../support/compatibility/nodes.ts';
import type { Scenario } from '../../support/compatibility/scenario.ts';

export const contextFlows: readonly Scenario[] = [
  {
    name: 'node, flow and global context keep values in memory and in files',
    outputs: 2,
    flows: [
      n.tab('xa1'),
      n.inject('xa-go', 'xa1', ['xa-f']),
      n.func(
        'xa-f',
        'xa1',
        `for (const [scope, of] of [["node", context], ["flow", flow], ["global", global]])
           for (const store of ["memory", "file"]) {
             const key = "xa_" + store;
             of.set(key, { list: [1, 2], date: new Date(0) }, store);
             of.set(key + ".list[1]", scope, store);
             of.set([key + "_a", key + "_b"], ["A", "B"], store);
             of.set(key + "_b", undefined, store);
             const later = await new Promise((resolve, reject) => of.get(key + ".list", store, (error, value) => error ? reject(error) : resolve(value)));
             node.send;
             msg[scope + "_" + store] = [of.get(key, store), later, of.get([key + "_a", key + "_b"], store), of.keys(store).filter((name) => name.startsWith("xa_")).sort()];
           }
         try { flow.get("any", "no such store"); msg.unknown = "none"; } catch (error) { msg.unknown = String(error); }
         return msg;`,
        ['xa-d'],
      ),
      n.debug('xa-d', 'xa1'),
      n.inject('xa-node', 'xa1', ['xa-change'], {
        props: [
          { p: 'payload' },
          { p: 'is', v: '#:(file)::xa_file.list', vt: 'flow' },
          { p: 'was', v: 'xa_memory.list[0]', vt: 'global' },
        ],
      }),
      n.node('change', 'xa-change', 'xa1', ['xa-d2'], {
        rules: [
          { t: 'set', p: '#:(file)::xa_new["a key"]', pt: 'flow', to: 'payload', tot: 'msg' },
          { t: 'set', p: 'new', pt: 'msg', to: '#:(file)::xa_new', tot: 'flow' },
          { t: 'delete', p: 'xa_memory', pt: 'flow' },
          {
            t: 'set',
            p: 'gone',
            pt: 'msg',
            to: '$flowContext("xa_memory") = undefined ? "gone" : "there"',
            tot: 'jsonata',
          },
        ],
      }),
      n.debug('xa-d2', 'xa1'),
    ],
    async drive({ press, came }) {
      await press('xa-go');
      await came(1);
      await press('xa-node');
    },
  },
  {
    name: 'global context that one tab writes another reads, in memory and in files',
    outputs: 4,
    flows: [
      n.tab('xb1'),
      n.tab('xb2'),
      n.inject('xb-write', 'xb1', ['xb-f1']),
      n.func(
        'xb-f1',
        'xb1',
        'global.set("xb", { n: 1, list: [1, { deep: true }] }); global.set("xb", "in a file", "file"); flow.set("own", 1); return msg;',
        ['xb-d1'],
      ),
      n.debug('xb-d1', 'xb1'),
      n.inject('xb-read', 'xb2', ['xb-f2']),
      n.func(
        'xb-f2',
        'xb2',
        'msg.payload = [global.get("xb"), global.get("xb", "file"), flow.get("own")]; global.set("xb.n", 2); return msg;',
        ['xb-d2'],
      ),
      n.debug('xb-d2', 'xb2'),
      n.inject('xb-again', 'xb1', ['xb-f3']),
      n.func('xb-f3', 'xb1', 'msg.payload = global.get("xb"); global.set("xb", undefined); return msg;', ['xb-d3']),
      n.debug('xb-d3', 'xb1'),
      n.inject('xb-gone', 'xb2', ['xb-f4']),
      n.func(
        'xb-f4',
        'xb2',
        'msg.payload = [global.get("xb") === undefined, global.keys().includes("xb")]; return msg;',
        ['xb-d4'],
      ),
      n.debug('xb-d4', 'xb2'),
    ],
    async drive({ press, came }) {
      for (const [index, button] of ['xb-write', 'xb-read', 'xb-again', 'xb-gone'].entries()) {
        await press(button);
        await came(index + 1);
      }
    },
  },
  {
    name: 'a function in the global context can be called by its own tab',
    outputs: 1,
    // That other tabs do not see it.
    warnsHere: ['xc-set'],
    flows: [
      n.tab('xc1'),
      n.inject('xc-go', 'xc1', ['xc-set']),
      n.func('xc-set', 'xc1', 'global.set("xc_twice", (x) => 2 * x); return msg;', ['xc-get']),
      n.func('xc-get', 'xc1', 'msg.payload = global.get("xc_twice")(21); return msg;', ['xc-d']),
      n.debug('xc-d', 'xc1'),
    ],
  },
  {
    name: 'the context sidebar shows and deletes what flows keep',
    outputs: 6,
    flows: [
      n.tab('xd1'),
      n.inject('xd-go', 'xd1', ['xd-f']),
      n.func(
        'xd-f',
        'xd1',
        'flow.set("xd", { a: [1] }); flow.set("xd_file", "kept", "file"); global.set("xd", true); context.set("xd", Buffer.from("x")); return msg;',
        ['xd-d'],
      ),
      n.debug('xd-d', 'xd1'),
    ],
    async drive({ press, came, ask, subject }) {
      await press('xd-go');
      await came(1);
      await ask('/context/flow/xd1');
      await ask('/context/node/xd-f/xd?store=memory');
      await ask('/context/global/xd?store=memory');
      await subject.request('/context/flow/xd1/xd?store=memory', { method: 'DELETE' });
      await ask('/context/flow/xd1/xd?store=memory');
      await ask('/context/flow/xd1/xd_file?store=file');
    },
  },
];
