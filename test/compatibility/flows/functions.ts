import * as n from '../../support/compatibility/nodes.ts';
import type { Scenario } from '../../support/compatibility/scenario.ts';

export const functionFlows: readonly Scenario[] = [
  {
    name: 'function nodes have RED.util, their own properties, timers and modules',
    outputs: 3,
    normalisers: ['stacks', 'times'],
    flows: [
      n.tab('fa1'),
      n.inject('fa-go', 'fa1', [['fa-util', 'fa-self', 'fa-globals']], { topic: 't' }),
      n.func(
        'fa-util',
        'fa1',
        `const u = RED.util;
         const clone = u.cloneMessage({ a: { b: 1 }, req: { keep: true } });
         const target = {}; u.setMessageProperty(target, "a.b[0].c", 5, true);
         const expression = u.prepareJSONataExpression("$sum(payload) & $env('NR_NODE_NAME')", node);
         msg.payload = {
           keys: Object.keys(u).sort(), id: u.generateId().length, clone, target,
           got: u.getMessageProperty({ payload: { x: [1, 2] } }, "msg.payload.x[1]"),
           same: u.compareObjects({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }),
           text: [u.ensureString(Buffer.from("b")), u.ensureString({ o: 1 }), u.ensureString(5)], buffer: u.ensureBuffer("x"),
           evaluated: [u.evaluateNodeProperty("12", "num", node, msg), u.evaluateNodeProperty("payload", "msg", node, { payload: 1 }), u.evaluateNodeProperty("^a", "re", node, msg), u.evaluateNodeProperty("NR_NODE_ID", "env", node, msg)],
           jsonata: await new Promise((resolve, reject) => u.evaluateJSONataExpression(expression, { payload: [1, 2] }, (error, value) => error ? reject(error) : resolve(value))),
           parts: u.normalisePropertyExpression('a["b c"].d[0]'), type: u.normaliseNodeTypeName("a-b c"),
         };
         return msg;`,
        ['fa-d1'],
      ),
      n.func(
        'fa-self',
        'fa1',
        `msg.payload = { id: node.id, name: node.name, path: node.path, outputCount: node.outputCount, keys: Object.keys(node).sort(), red: Object.keys(RED).sort(),
           context: Object.keys(context).sort(), sandbox: Object.keys(globalThis).sort(), settings: typeof RED.settings, send: await node.metric?.("x", msg) };
         return msg;`,
        ['fa-d2'],
      ),
      n.func(
        'fa-globals',
        'fa1',
        `const order = [];
         await new Promise((resolve) => setTimeout(resolve, 10)); order.push("timeout");
         const ticks = setInterval(() => {}, 10); clearInterval(ticks);
         msg.payload = [order, path.join("a", "..", "b"), Buffer.from("a").toString("base64"), new URL("http://a/b?c=d").searchParams.get("c"),
           typeof TextEncoder, typeof fetch, typeof require, typeof process, typeof structuredClone, typeof performance, typeof setImmediate, crypto.createHash("sha1").update("x").digest("hex"), env.get("NOT_THERE")];
         return msg;`,
        ['fa-d3'],
        {
          libs: [
            { var: 'path', module: 'path' },
            { var: 'crypto', module: 'node:crypto' },
          ],
        },
      ),
      ...['fa-d1', 'fa-d2', 'fa-d3'].map((id) => n.debug(id, 'fa1', { complete: 'payload', targetType: 'msg' })),
    ],
  },
  {
    name: 'a function node sends to several outputs, in turn, later, and without a copy',
    outputs: 11,
    flows: [
      n.tab('fb1'),
      n.inject('fb-go', 'fb1', ['fb-f']),
      n.func(
        'fb-f',
        'fb1',
        `const shared = { payload: "shared", object: { touched: 0 } };
         node.send([shared, null, [{ payload: "first of two" }, { payload: "second of two" }]], false);
         shared.object.touched = 1;
         const original = { payload: "cloned", object: { touched: 0 } };
         node.send([original, original]);
         original.object.touched = 1;
         setTimeout(() => node.send({ payload: "later", of: original }), 20);
         return [{ payload: "returned" }, [[{ payload: "nested" }]], { payload: "third", _msgid: msg._msgid }];`,
        ['fb-d1', 'fb-d2', 'fb-d3'],
      ),
      ...['fb-d1', 'fb-d2', 'fb-d3'].map((id) => n.debug(id, 'fb1')),
      n.inject('fb-bad', 'fb1', ['fb-f-bad']),
      n.func('fb-f-bad', 'fb1', 'return "not a message";'),
    ],
    normalisers: ['times', 'stacks'],
  },
  {
    name: 'a function node that runs too long is ended, and one that cannot be compiled says so',
    outputs: 3,
    normalisers: ['times', 'stacks'],
    flows: [
      n.tab('fc1'),
      n.inject('fc-go', 'fc1', ['fc-f'], { props: [{ p: 'payload' }] }),
      n.func('fc-f', 'fc1', 'const end = Date.now() + 3000; while (Date.now() < end); return msg;', ['fc-d'], {
        timeout: '0.2',
      }),
      n.catchNode('fc-c', 'fc1', ['fc-d']),
      n.debug('fc-d', 'fc1', { complete: 'error.message', targetType: 'msg' }),
      n.func('fc-broken', 'fc1', 'return {;', []),
      n.inject('fc-go2', 'fc1', ['fc-start']),
      n.func(
        'fc-start',
        'fc1',
        'msg.error = { message: [context.get("started"), await flow.get("promised")] }; return msg;',
        ['fc-d'],
        {
          initialize:
            'context.set("started", "by initialize"); await Promise.resolve(); flow.set("promised", Promise.resolve("kept"));',
        },
      ),
    ],
  },
];
