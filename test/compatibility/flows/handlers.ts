import * as n from '../../support/compatibility/nodes.ts';
import type { Scenario } from '../../support/compatibility/scenario.ts';

export const handlerFlows: readonly Scenario[] = [
  {
    name: 'catch nodes take the errors of their tab, group or nodes, and no others',
    outputs: 6,
    normalisers: ['stacks', 'times'],
    flows: [
      n.tab('ca1'),
      n.tab('ca2'),
      { ...n.node('group', 'ca-group', 'ca1'), nodes: ['ca-in-group', 'ca-of-group'] },
      n.inject('ca-go', 'ca1', [['ca-scoped', 'ca-in-group', 'ca-other']]),
      n.func('ca-scoped', 'ca1', 'node.error("scoped", msg);'),
      n.func('ca-in-group', 'ca1', 'throw new Error("in the group");', [], { g: 'ca-group' }),
      n.func('ca-other', 'ca1', 'await Promise.reject(Object.assign(new RangeError("other"), { code: "E_OTHER" }));'),
      n.catchNode('ca-c-scoped', 'ca1', ['ca-d1'], ['ca-scoped']),
      { ...n.catchNode('ca-of-group', 'ca1', ['ca-d2'], 'group'), g: 'ca-group' },
      n.node('catch', 'ca-uncaught', 'ca1', ['ca-d3'], { scope: null, uncaught: true }),
      ...['ca-d1', 'ca-d2', 'ca-d3'].map((id) => n.debug(id, 'ca1')),
      n.inject('ca-go2', 'ca2', [['ca-nobody', 'ca-no-message']]),
      n.func('ca-nobody', 'ca2', 'node.error("nobody catches this", msg);'),
      n.func('ca-no-message', 'ca2', 'node.error("without a message"); node.warn({ a: "warning" });'),
    ],
    drive: async ({ press, came }) => {
      await press('ca-go');
      await came(3);
      await press('ca-go2');
    },
  },
  {
    name: 'status and complete nodes are told of their tab',
    outputs: 7,
    flows: [
      n.tab('st1'),
      n.inject('st-go', 'st1', ['st-f']),
      n.func(
        'st-f',
        'st1',
        `node.status({ fill: "green", shape: "dot", text: "working" });
         node.status("just text");
         setTimeout(() => { node.send({ payload: "sent" }); node.status({}); node.done(); }, 50);`,
        ['st-d'],
        {},
      ),
      n.func('st-return', 'st1', 'return msg;', ['st-d']),
      n.inject('st-go2', 'st1', ['st-return']),
      n.debug('st-d', 'st1'),
      n.node('status', 'st-s', 'st1', ['st-ds'], { scope: ['st-f'] }),
      n.debug('st-ds', 'st1', { complete: 'status', targetType: 'msg' }),
      n.node('complete', 'st-c', 'st1', ['st-dc'], { scope: ['st-f', 'st-return'], uncaught: false }),
      n.debug('st-dc', 'st1'),
    ],
    drive: async ({ press, came }) => {
      await press('st-go');
      await came(5);
      await press('st-go2');
    },
  },
  {
    name: 'junctions pass on, disabled nodes and tabs do nothing',
    outputs: 2,
    flows: [
      n.tab('ju1'),
      n.tab('ju2', { disabled: true }),
      n.inject('ju-go', 'ju1', [['ju-j', 'ju-off']]),
      n.node('junction', 'ju-j', 'ju1', [['ju-j2', 'ju-d']]),
      n.node('junction', 'ju-j2', 'ju1', ['ju-f']),
      n.func('ju-f', 'ju1', 'msg.payload = "through two junctions"; return msg;', ['ju-d']),
      n.func('ju-off', 'ju1', 'msg.payload = "from a disabled node"; return msg;', ['ju-d'], { d: true }),
      n.debug('ju-d', 'ju1'),
      n.inject('ju-once', 'ju2', ['ju-d2'], { once: true }),
      n.debug('ju-d2', 'ju2'),
    ],
    drive: ({ press }) => press('ju-go'),
  },
  {
    name: 'a debug node shows every kind of value, and can be switched off and on',
    outputs: 15,
    normalisers: ['stacks'],
    flows: [
      n.tab('de1'),
      n.inject('de-go', 'de1', ['de-f']),
      n.func(
        'de-f',
        'de1',
        `const circle = { name: "circle" }; circle.self = circle;
         const values = ["x".repeat(3000), [..."y".repeat(1500)], Buffer.alloc(2000, 7), new Map([[{ k: 1 }, "v"]]), new Set([1]),
           new Date(0), 10n ** 30n, circle, new Error("told"), null, undefined, Symbol.for("sign"), () => 1, 1 / 3];
         for (const payload of values) node.send({ payload });`,
        ['de-d'],
      ),
      n.debug('de-d', 'de1', { complete: 'payload', targetType: 'msg' }),
      n.inject('de-one', 'de1', ['de-d']),
    ],
    async drive({ press, came, subject }) {
      await press('de-go');
      await came(14);
      const toggle = (to: string): Promise<Response> => subject.request(`/debug/de-d/${to}`, { method: 'POST' });
      await toggle('disable');
      await press('de-one');
      await toggle('enable');
      await press('de-one');
    },
  },
  {
    name: 'an inject node makes its message of every type of value, and takes one from outside',
    outputs: 3,
    normalisers: ['times'],
    flows: [
      n.tab('in1', { env: [{ name: 'OF_TAB', value: 'tab', type: 'str' }] }),
      n.inject('in-go', 'in1', ['in-d'], {
        props: [
          { p: 'payload' },
          { p: 'topic', vt: 'str' },
          { p: 'deep.inside', v: '5', vt: 'num' },
          { p: 'yes', v: 'true', vt: 'bool' },
          { p: 'object', v: '{"a":[1]}', vt: 'json' },
          { p: 'bytes', v: '[1,2]', vt: 'bin' },
          { p: 'of', v: 'OF_TAB', vt: 'env' },
          { p: 'sum', v: '$sum([1,2,3]) & deep.inside', vt: 'jsonata' },
          { p: 'kept', v: 'none', vt: 'flow' },
        ],
        topic: 'about',
        payloadType: 'date',
      }),
      n.inject('in-once', 'in1', ['in-d'], { once: true, onceDelay: '0.2', payload: 'by itself' }),
      n.debug('in-d', 'in1'),
    ],
    async drive({ press, subject, came }) {
      await came(1);
      await press('in-go');
      await came(2);
      await subject.request('/inject/in-once', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ __user_inject_props__: [{ p: 'payload', v: 'from outside', vt: 'str' }] }),
      });
    },
  },
];
