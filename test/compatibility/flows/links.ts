import * as n from '../../support/compatibility/nodes.ts';
import type { Scenario } from '../../support/compatibility/scenario.ts';

export const linkFlows: readonly Scenario[] = [
  {
    name: 'a link out reaches two tabs, and one of them answers over another link',
    outputs: 2,
    flows: [
      ...['la1', 'la2', 'la3'].map((id) => n.tab(id)),
      n.inject('la-go', 'la1', ['la-out'], { topic: 'a topic', props: [{ p: 'payload' }, { p: 'topic', vt: 'str' }] }),
      n.linkOut('la-out', 'la1', ['la-in2', 'la-in3']),
      n.linkIn('la-in2', 'la2', ['la-d2'], ['la-out']),
      n.debug('la-d2', 'la2'),
      n.linkIn('la-in3', 'la3', ['la-f3'], ['la-out']),
      n.func('la-f3', 'la3', 'msg.payload += " from three"; return msg;', ['la-back']),
      n.linkOut('la-back', 'la3', ['la-in1']),
      n.linkIn('la-in1', 'la1', ['la-d1'], ['la-back']),
      n.debug('la-d1', 'la1'),
    ],
  },
  {
    name: 'what a message may hold comes over a link',
    outputs: 1,
    flows: [
      n.tab('lb1'),
      n.tab('lb2'),
      n.inject('lb-go', 'lb1', ['lb-make']),
      n.func(
        'lb-make',
        'lb1',
        `msg.payload = { date: new Date(0), buffer: Buffer.from("plant"), map: new Map([["a", 1]]), set: new Set([1, 2]),
           big: 12345678901234567890n, nothing: null, not: undefined, nan: NaN, infinite: -Infinity, text: "ä€😀",
           nested: [[1, [2]], { deep: { deeper: true } }], error: new TypeError("told") };
         delete msg.payload.error.stack;
         msg.payload.self = msg.payload.nested;
         return msg;`,
        ['lb-out'],
      ),
      n.linkOut('lb-out', 'lb1', ['lb-in']),
      n.linkIn('lb-in', 'lb2', ['lb-d'], ['lb-out']),
      n.debug('lb-d', 'lb2'),
    ],
  },
  {
    name: 'a link call is answered by another tab, which calls a third',
    outputs: 1,
    flows: [
      ...['lc1', 'lc2', 'lc3'].map((id) => n.tab(id)),
      n.inject('lc-go', 'lc1', ['lc-call']),
      n.linkCall('lc-call', 'lc1', 'lc-in2', ['lc-d1']),
      n.debug('lc-d1', 'lc1'),
      n.linkIn('lc-in2', 'lc2', ['lc-f2']),
      n.func('lc-f2', 'lc2', 'msg.payload += " two"; return msg;', ['lc-call2']),
      n.linkCall('lc-call2', 'lc2', 'lc-in3', ['lc-r2']),
      n.linkReturn('lc-r2', 'lc2'),
      n.linkIn('lc-in3', 'lc3', ['lc-f3']),
      n.func('lc-f3', 'lc3', 'msg.payload += " three"; return msg;', ['lc-r3']),
      n.linkReturn('lc-r3', 'lc3'),
    ],
  },
  {
    name: 'a dynamic link call finds its target by name or id, and says when there is none',
    outputs: 3,
    normalisers: ['stacks'],
    flows: [
      n.tab('ld1'),
      n.tab('ld2'),
      n.inject('ld-name', 'ld1', ['ld-call'], { props: [{ p: 'payload' }, { p: 'target', v: 'ld-in', vt: 'str' }] }),
      n.inject('ld-id', 'ld1', ['ld-call'], { props: [{ p: 'payload' }, { p: 'target', v: 'ld-in-id', vt: 'str' }] }),
      n.inject('ld-none', 'ld1', ['ld-call'], { props: [{ p: 'payload' }, { p: 'target', v: 'nowhere', vt: 'str' }] }),
      n.linkCall('ld-call', 'ld1', null, ['ld-d1']),
      n.debug('ld-d1', 'ld1'),
      n.catchNode('ld-c', 'ld1', ['ld-d1']),
      { ...n.linkIn('ld-in-id', 'ld2', ['ld-f']), name: 'ld-in' },
      n.func('ld-f', 'ld2', 'msg.payload = "called with " + msg.target; return msg;', ['ld-r']),
      n.linkReturn('ld-r', 'ld2'),
    ],
    async drive({ press, came }) {
      for (const [index, button] of ['ld-name', 'ld-id', 'ld-none'].entries()) {
        await press(button);
        await came(index + 1);
      }
    },
  },
  {
    name: 'a link call that nobody answers ends at its timeout, and a catch node is told',
    outputs: 1,
    normalisers: ['stacks'],
    flows: [
      n.tab('le1'),
      n.tab('le2'),
      n.inject('le-go', 'le1', ['le-call']),
      n.linkCall('le-call', 'le1', 'le-in', ['le-d'], 1),
      n.catchNode('le-c', 'le1', ['le-d'], ['le-call']),
      n.debug('le-d', 'le1'),
      n.linkIn('le-in', 'le2', []),
    ],
  },
  {
    name: 'node.linkcall in a function node calls a tab, and rejects at its timeout',
    outputs: 3,
    flows: [
      n.tab('lf1'),
      n.tab('lf2'),
      n.inject('lf-go', 'lf1', ['lf-f']),
      n.func(
        'lf-f',
        'lf1',
        `const first = await node.linkcall("lf-answer", { payload: 1 });
         node.send({ payload: first.payload });
         node.send({ payload: (await node.linkcall("lf-answer-id", { payload: 2 })).payload });
         try { await node.linkcall("lf-silent", { payload: 3 }, { timeout: 500 }); }
         catch (error) { node.send({ payload: String(error) }); }`,
        ['lf-d'],
      ),
      n.debug('lf-d', 'lf1'),
      { ...n.linkIn('lf-answer-id', 'lf2', ['lf-t']), name: 'lf-answer' },
      n.func('lf-t', 'lf2', 'msg.payload = "ten times " + msg.payload * 10; return msg;', ['lf-r']),
      n.linkReturn('lf-r', 'lf2'),
      n.linkIn('lf-silent', 'lf2', []),
    ],
  },
];
