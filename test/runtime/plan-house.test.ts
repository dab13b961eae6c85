import assert from 'node:assert/strict';
import * as v from 'valibot';
import type { FlowNode } from '../../packages/runtime/src/protocol/messages.ts';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import { func, inject, tab } from '../support/compartment.ts';
import { dashboard, uiText } from '../support/dashboard-flow.ts';
import { linkIn, linkOut } from '../support/linked-compartments.ts';
import { until } from '../support/until.ts';

const at = (id: string, type: string, z: string, to: string[], more: Record<string, unknown>): FlowNode => ({
  id,
  type,
  z,
  name: id,
  x: 1,
  y: 1,
  wires: [to],
  ...more,
});
/** Answers with the name of its tab. */
const route = (z: string): FlowNode[] => [
  at(`${z}-in`, 'http in', z, [`${z}-say`], { url: '/who', method: 'get', upload: false }),
  func(`${z}-say`, z, `msg.payload = '${z}'; return msg;`, [`${z}-out`]),
  at(`${z}-out`, 'http response', z, [], { statusCode: '', headers: {} }),
];
const work = (code: string): FlowNode => func('work', 'e', code, ['e-text']);
const flows = (code: string): FlowNode[] => [
  ...['a', 'b', 'c', 'd', 'e', 'f'].map((id) => tab(id)),
  { id: 'listener', type: 'websocket-listener', path: '/ws/echo', wholemsg: 'false' },
  at('ws-in', 'websocket in', 'a', ['to-b'], { server: 'listener', client: '' }),
  linkOut('to-b', 'a', ['from-a']),
  linkIn('from-a', 'b', ['answer']),
  func('answer', 'b', `msg.payload = 'b heard ' + msg.payload; return msg;`, ['ws-out']),
  at('ws-out', 'websocket out', 'b', [], { server: 'listener', client: '' }),
  ...route('c'),
  ...route('d'),
  inject('press', 'e', ['work']),
  work(code),
  uiText('e-text', 'e'),
  uiText('f-text', 'f'),
  ...dashboard(),
];
const settings = `plant:
  enabled: false
partition:
  pins:
    packing: [Gone, f]
  apart: [e]
exclusive: [my-device]
`;
const plan = v.object({
  compartments: v.array(
    v.looseObject({ id: v.string(), name: v.string(), unions: v.array(v.object({ reason: v.string() })) }),
  ),
  conflicts: v.array(v.object({ what: v.string(), reason: v.string() })),
  warnings: v.array(v.string()),
});

describe('the plan of a whole house', function () {
  this.timeout(90_000);
  let bulkhead: Bulkhead;
  before(async () => {
    bulkhead = await startBulkhead({ flows: flows('return msg;'), settings });
  });
  after(() => bulkhead?.stop());

  it('says what runs where, what is in conflict, and which name in bulkhead.yaml means nothing', async () => {
    const said = v.parse(plan, await (await bulkhead.request('/bulkhead/plan')).json());
    assert.deepEqual(
      said.compartments.map(({ id, name }) => [id, name]),
      [
        ['a', 'a + b'],
        ['c', 'c'],
        ['d', 'd'],
        ['e', 'e'],
        ['f', 'packing'],
        ['dash', 'My Dashboard'],
      ],
    );
    assert.match(said.compartments[0]?.unions[0]?.reason ?? '', /a websocket path can be listened on once/);
    assert.deepEqual(
      said.conflicts.map(({ what }) => what),
      ['GET /who'],
    );
    assert.match(said.warnings.join(), /partition.pins.packing names "Gone"/);
  });

  it('joins two tabs over the websocket listener that both use, and the front leads to it', async () => {
    const socket = new WebSocket(`${bulkhead.url.replace('http', 'ws')}/ws/echo`);
    const heard: unknown[] = [];
    socket.addEventListener('message', ({ data }) => heard.push(data));
    try {
      await until(() => socket.readyState === WebSocket.OPEN, { deadlineMs: 10_000, what: 'an open websocket' });
      socket.send('hello');
      await until(() => heard.length > 0, { deadlineMs: 10_000, what: 'an answer of the other tab' });
      assert.deepEqual(heard, ['b heard hello']);
    } finally {
      socket.close();
    }
  });

  it('lets the first of the flow file answer where two serve one path, also after it was up later', async () => {
    const who = async (): Promise<string> => (await bulkhead.request('/who')).text();
    assert.equal(await who(), 'c');
    const { pid } = await bulkhead.compartmentOfTab('c');
    process.kill(pid ?? 0, 'SIGKILL');
    await until(async () => (await bulkhead.compartmentOfTab('c')).restarts === 1, {
      deadlineMs: 20_000,
      what: 'c again',
    });
    await until(async () => (await who().catch(() => '')) === 'c', { deadlineMs: 20_000, what: 'the answer of c' });
  });

  it('restarts nothing and gives new flows to one compartment when a function beside a widget is changed', async () => {
    const before = await bulkhead.compartments();
    await bulkhead.deploy(flows('msg.changed = true; return msg;'), 'nodes');
    const changed = async (): Promise<string[]> => {
      const after = await bulkhead.compartments();
      assert.deepEqual(
        after.map(({ pid }) => pid),
        before.map(({ pid }) => pid),
      );
      return after.filter(({ sliceHash }, place) => sliceHash !== before[place]?.['sliceHash']).map(({ id }) => id);
    };
    await until(async () => (await changed()).length > 0, { deadlineMs: 15_000, what: 'the deploy' });
    assert.deepEqual(await changed(), ['e']);
  });
});
