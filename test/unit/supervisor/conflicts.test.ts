import assert from 'node:assert/strict';
import { planFindings } from '../../../packages/runtime/src/cli/validate/plan-findings.ts';
import { planLines } from '../../../packages/runtime/src/cli/plan.ts';
import { flowsOf } from '../../../packages/runtime/src/cli/validate/finding.ts';
import { createPlanNotices } from '../../../packages/runtime/src/supervisor/plan-notice.ts';
import type { FlowNode, RelayedEvent } from '../../../packages/runtime/src/protocol/messages.ts';
import { partition } from '../../../packages/runtime/src/supervisor/plan/partition.ts';
import { tab } from '../../support/compartment.ts';
import { dashboard, uiText } from '../../support/dashboard-flow.ts';

const node = (id: string, z: string, type: string, more: Record<string, unknown> = {}): FlowNode => ({
  id,
  z,
  type,
  name: id,
  x: 1,
  y: 1,
  wires: [],
  ...more,
});
type Part = [type: string, more: Record<string, unknown>];
/** A node on each of two tabs. */
const pair = ([typeA, a]: Part, [typeB, b]: Part): FlowNode[] => [
  tab('a', 'A'),
  tab('b', 'B'),
  node('one', 'a', typeA, a),
  node('two', 'b', typeB, b),
];
const found = (flows: readonly FlowNode[]): string[] => partition(flows).conflicts.map(({ what }) => what);

const tcp: Part = ['tcp in', { server: 'server', port: '1502' }];
const cases: readonly [what: string, one: Part, two: Part, conflict: string | null][] = [
  ['two tcp in on one port', tcp, tcp, 'TCP port 1502'],
  ['a tcp in and a tcp out that listens', tcp, ['tcp out', { beserver: 'server', port: 1502 }], 'TCP port 1502'],
  ['a tcp in that listens and one that connects', tcp, ['tcp in', { server: 'client', port: '1502' }], null],
  ['a tcp in and a Modbus server', tcp, ['modbus-server', { serverPort: '1502' }], 'TCP port 1502'],
  ['a tcp in and a Modbus server of the house', tcp, ['modbus-server', { mode: 'tcp', port: '1502' }], 'TCP port 1502'],
  [
    'two Modbus servers on one serial line',
    ['modbus-server', { mode: 'rtu', serialPath: '/dev/ttyUSB0', port: '1502' }],
    ['modbus-server', { mode: 'rtu', serialPath: '/dev/ttyUSB0', port: '1502' }],
    'serial port /dev/ttyUSB0',
  ],
  ['two OPC UA servers', ['OpcUa-Server', { port: 4840 }], ['opcua-server', { port: '4840' }], 'TCP port 4840'],
  ['one port number, once TCP and once UDP', tcp, ['udp in', { port: '1502' }], null],
  ['two udp in', ['udp in', { port: '5005', multicast: 'false' }], ['udp in', { port: '5005' }], 'UDP port 5005'],
  [
    'two members of a multicast group',
    ['udp in', { port: '1', multicast: 'true' }],
    ['udp in', { port: '1', multicast: 'true' }],
    null,
  ],
  ['two http in', ['http in', { method: 'get', url: '/x/' }], ['http in', { method: 'get', url: 'x' }], 'GET /x'],
  [
    'http in with parameters of other names',
    ['http in', { method: 'get', url: '/x/:a' }],
    ['http in', { method: 'get', url: '/x/:b' }],
    'GET /x/:a',
  ],
  [
    'two methods of one path',
    ['http in', { method: 'get', url: '/x' }],
    ['http in', { method: 'post', url: '/x' }],
    null,
  ],
  [
    'a port from the environment',
    ['tcp in', { server: 'server', port: '${PORT}' }],
    ['tcp in', { server: 'server', port: '${PORT}' }],
    null,
  ],
  ['a disabled node', tcp, ['tcp in', { server: 'server', port: '1502', d: true }], null],
];

describe('two nodes on one port or path', () => {
  for (const [what, one, two, conflict] of cases) {
    it(`${what}: ${conflict ?? 'no conflict'}`, () =>
      assert.deepEqual(found(pair(one, two)), conflict === null ? [] : [conflict]));
  }

  it('are not looked for on disabled tabs, and are found in two instances of one subflow', () => {
    const flows = [
      tab('a', 'A'),
      tab('b', 'B'),
      { id: 's', type: 'subflow', name: 'S' },
      node('inner', 's', 'http in', { method: 'get', url: '/x' }),
      node('1', 'a', 'subflow:s'),
      node('2', 'b', 'subflow:s'),
    ];
    assert.deepEqual(found(flows), ['GET /x']);
    assert.deepEqual(found(flows.map((entry) => (entry.id === 'b' ? { ...entry, disabled: true } : entry))), []);
  });

  it('are two listeners with one path, and no one listener that two tabs use', () => {
    const listener = (id: string): FlowNode => ({ id, type: 'websocket-listener', path: '/ws' });
    const flows = pair(['websocket in', { server: 'l1' }], ['websocket out', { server: 'l1' }]);
    assert.deepEqual(found([...flows, listener('l1')]), []);
    const other = flows.map((entry) => (entry.id === 'two' ? { ...entry, server: 'l2' } : entry));
    assert.deepEqual(found([...other, listener('l1'), listener('l2')]), ['websocket /ws']);
  });

  it('are two dashboards with one path', () => {
    const flows = [
      tab('a'),
      tab('b'),
      uiText('1', 'a'),
      uiText('2', 'b', [], { group: 'other-group' }),
      ...dashboard(),
      ...dashboard('other', 'Other', '/dashboard/'),
    ];
    assert.deepEqual(found(flows), ['dashboard /dashboard']);
  });

  const flows = pair(['http in', { method: 'get', url: '/x' }], ['http in', { method: 'get', url: '/x' }]);
  const reason =
    '"one" (http in, A) and "two" (http in, B) serve GET /x: "one" (http in, A), the first in the flow file, answers';

  it('are in the plan with the nodes, where they run and what happens', () => {
    assert.deepEqual(partition(flows).conflicts, [
      {
        what: 'GET /x',
        nodes: [
          { id: 'one', unit: 'a', compartment: 'a' },
          { id: 'two', unit: 'b', compartment: 'b' },
        ],
        reason,
      },
    ]);
  });

  it('are lines of the commands plan and validate', () => {
    assert.deepEqual(planLines(partition(flows)), ['A (1 tab)', 'B (1 tab)', `conflict: ${reason}`]);
    assert.deepEqual(planFindings(flowsOf(flows), partition(flows)), [
      { rule: 'conflict', nodeId: 'two', where: 'B / two (http in)', message: reason },
    ]);
  });

  it('are said at each deploy, and not again when the editor comes back', () => {
    const shown: RelayedEvent[] = [];
    const log: string[] = [];
    const say = createPlanNotices(
      (events) => shown.push(...events),
      (line) => log.push(line),
    );
    say(partition(flows), 'load');
    say(partition(flows), 'load');
    assert.equal(shown.length, 1);
    say(partition(flows), 'nodes');
    assert.equal(shown.length, 2);
    assert.deepEqual(log, [`plan: ${reason}`, `plan: ${reason}`]);
    say(partition([tab('a')]), 'full');
    assert.equal(shown.length, 2);
    assert.deepEqual(shown[0], {
      name: 'comms',
      payload: { topic: 'bulkhead/plan', data: { lines: [{ text: reason, nodeId: 'two' }] } },
    });
  });
});

describe('the plan at the terminal', () => {
  it('says which nodes of a tab run with a dashboard', () => {
    const lines = planLines(
      partition([tab('a', 'A'), tab('b', 'B'), uiText('1', 'a'), uiText('2', 'b'), ...dashboard()]),
    );
    assert.equal(lines[0], 'A (1 tab)');
    assert.match(
      lines[1] ?? '',
      /^ {2}without 1 node, which run in My Dashboard: dashboard "My Dashboard" is one page/,
    );
    assert.equal(lines[4], 'My Dashboard (1 dashboard)');
    assert.match(lines[5] ?? '', /^ {2}1 node of A: /);
  });

  it('names a route at a path of the house, which no request comes to', () => {
    const alone = (type: string, more: Record<string, unknown>): string[] =>
      partition([tab('a', 'A'), node('one', 'a', type, more)]).conflicts.map(({ reason }) => reason);
    for (const url of ['/metrics', '/healthz/', 'readyz', '/bulkhead', '/Bulkhead/plan'])
      assert.equal(alone('http in', { method: 'get', url }).length, 1, url);
    for (const url of ['/metrics/own', '/bulkheads', '/:page', '/debug/status'])
      assert.deepEqual(alone('http in', { method: 'get', url }), [], url);
    assert.deepEqual(alone('http in', { method: 'post', url: '/metrics' }), [
      '"one" (http in, A) serves POST /metrics, where Bulkhead itself answers: no request comes to it',
    ]);
  });
});
