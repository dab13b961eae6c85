import assert from 'node:assert/strict';
import { defaultRules, type PlanRules } from '../../../packages/runtime/src/protocol/plan-rules.ts';
import type { FlowNode } from '../../../packages/runtime/src/protocol/messages.ts';
import { exclusiveBecause } from '../../../packages/runtime/src/supervisor/plan/exclusive-configs.ts';
import { type Plan, partition } from '../../../packages/runtime/src/supervisor/plan/partition.ts';
import { tab } from '../../support/compartment.ts';

/** Type, what is configured, and a word of the reason; null where every tab may have its own. */
const cases: readonly [type: string, config: Record<string, unknown>, reason: RegExp | null][] = [
  ['mqtt-broker', { clientid: 'line-1', cleansession: true }, /client id is fixed/],
  ['mqtt-broker', { clientid: '${LINE}' }, /client id is fixed/],
  ['mqtt-broker', { clientid: ' ', cleansession: false }, null],
  ['uns-connection', { clientId: 'edge' }, /client id is fixed/],
  ['uns-connection', { clientId: '', source: 'bulkhead' }, null],
  ['serial-port', { serialport: '/dev/ttyUSB0' }, /opened once/],
  ['modbus-client', { clienttype: 'simpleser', serialPort: '/dev/ttyUSB0' }, /serial line/],
  ['modbus-client', { clienttype: 'tcp', tcpHost: 'plc' }, null],
  ['websocket-listener', { path: '/ws' }, /listened on once/],
  ['websocket-client', { path: 'ws://host/ws' }, null],
  ['ui-base', { path: '/dashboard' }, /one page/],
  ['ui_base', {}, /one page/],
  ['BACnet-Client', { port: 47808 }, /UDP port/],
  ['homekit-bridge', {}, /identity/],
  ['telegram bot', { updatemode: 'polling' }, /one process/],
  ['telegram bot', { updatemode: 'none' }, null],
  ['any-kafka-consumer', { groupId: 'g', groupInstanceId: 'member-1' }, /member id is fixed/],
  ['any-kafka-consumer', { groupId: 'g' }, null],
  ['modbus-connection', { host: 'plc' }, null],
  ['modbus-connection', { mode: 'rtu', serialPath: '/dev/ttyUSB0' }, /serial line/],
  ['opcua-connection', { endpoint: 'opc.tcp://plc' }, null],
  ['historian-connection', {}, null],
  ['influxdb', {}, null],
  ['tls-config', {}, null],
  ['http proxy', {}, null],
];

const rules = (more: Partial<PlanRules>): PlanRules => ({ ...defaultRules, ...more });
const users = (config: FlowNode, ...tabs: string[]): FlowNode[] => [
  ...tabs.flatMap((id) => [tab(id), { id: `n-${id}`, type: 'user', z: id, x: 1, y: 1, config: config.id, wires: [] }]),
  config,
];
const shape = ({ compartments }: Plan): string[][] => compartments.map(({ tabs }) => tabs.map(({ id }) => id));

describe('config nodes that one process may hold', () => {
  for (const [type, config, reason] of cases) {
    it(`${type} ${JSON.stringify(config)}: ${reason === null ? 'every tab has its own' : `one, ${reason.source}`}`, () => {
      const because = exclusiveBecause({ id: 'c', type, ...config }, defaultRules);
      if (reason === null) assert.equal(because, undefined);
      else assert.match(because ?? '', reason);
    });
  }

  it('may be more, or fewer, by bulkhead.yaml', () => {
    const odd = { id: 'c', type: 'odd-device', name: 'odd' };
    assert.deepEqual(shape(partition(users(odd, 'a', 'b'))), [['a'], ['b']]);
    const plan = partition(users(odd, 'a', 'b'), rules({ exclusive: ['odd-device'] }));
    assert.deepEqual(shape(plan), [['a', 'b']]);
    assert.match(plan.compartments[0]?.unions[0]?.reason ?? '', /odd-device "odd": bulkhead.yaml lists its type/);
    const serial = { id: 'c', type: 'serial-port', name: 'com' };
    assert.deepEqual(shape(partition(users(serial, 'a', 'b'), rules({ shared: ['serial-port'] }))), [['a'], ['b']]);
  });

  for (const type of ['opcua-connection', 's7-connection', 'modbus-connection'])
    it(`of the type ${type} have as many sessions as their dialog says, as text, and any number when it is empty`, () => {
      const device = (maxSessions: string): FlowNode => ({ id: 'p', type, name: 'filler', maxSessions });
      assert.deepEqual(shape(partition(users(device(''), 'a', 'b', 'c'))), [['a'], ['b'], ['c']]);
      const plan = partition(users(device('2'), 'a', 'b', 'c'));
      assert.deepEqual(shape(plan), [['a'], ['b', 'c']]);
      assert.equal(plan.compartments[1]?.unions[0]?.kind, 'max-sessions');
    });

  it('join as many tabs as a limit of sessions takes, the first of the flow file staying apart', () => {
    const plc = (maxSessions: number): FlowNode => ({ id: 'p', type: 'opcua-connection', name: 'filler', maxSessions });
    assert.deepEqual(shape(partition(users(plc(3), 'a', 'b', 'c'))), [['a'], ['b'], ['c']]);
    const plan = partition(users(plc(2), 'a', 'b', 'c'));
    assert.deepEqual(shape(plan), [['a'], ['b', 'c']]);
    assert.match(plan.compartments[1]?.unions[0]?.reason ?? '', /"filler" allows 2 of the 3 sessions/);
    assert.deepEqual(shape(partition(users(plc(1), 'a', 'b', 'c'))), [['a', 'b', 'c']]);
  });

  it('count tabs that are together for another reason as one session', () => {
    const pin = { env: [{ name: 'BULKHEAD_COMPARTMENT', value: 'x', type: 'str' }] };
    const flows = users({ id: 'p', type: 'opcua-connection', maxSessions: 2 }, 'a', 'b', 'c');
    const pinned = flows.map((node) => (node.id === 'a' || node.id === 'b' ? { ...node, ...pin } : node));
    assert.deepEqual(shape(partition(pinned)), [['a', 'b'], ['c']]);
  });
});

describe('overrides in bulkhead.yaml', () => {
  const serial = { id: 'c', type: 'serial-port', name: 'com' };
  const with_ = (partitionRules: Partial<PlanRules['partition']>): PlanRules =>
    rules({ partition: { ...defaultRules.partition, ...partitionRules } });

  it('pin tabs together by label or id, under a name', () => {
    const plan = partition(
      [tab('a', 'Filler'), tab('b', 'Capper'), tab('c')],
      with_({ pins: { line: ['Filler', 'c'] } }),
    );
    assert.deepEqual(shape(plan), [['a', 'c'], ['b']]);
    assert.equal(plan.compartments[0]?.name, 'line');
    assert.match(plan.compartments[0]?.unions[0]?.reason ?? '', /bulkhead.yaml \(partition.pins.line\)/);
    assert.deepEqual(plan.warnings, []);
  });

  it('keep a tab apart that a shared config node would join', () => {
    assert.deepEqual(shape(partition(users(serial, 'a', 'b', 'c'), with_({ apart: ['b'] }))), [['a', 'c'], ['b']]);
  });

  it('name each tab that does not exist, and each contradiction', () => {
    const own = { env: [{ name: 'BULKHEAD_COMPARTMENT', value: 'own', type: 'str' }] };
    const { warnings } = partition(
      [{ ...tab('a'), ...own }, tab('b')],
      with_({ pins: { one: ['a', 'Gone'], two: ['a'] }, apart: ['Nowhere'] }),
    );
    assert.equal(warnings.length, 4);
    assert.match(warnings[0] ?? '', /partition.pins.one names "Gone", but no enabled tab and no dashboard/);
    assert.match(warnings[1] ?? '', /puts "a" into "one" and into "two": "one" counts/);
    assert.match(warnings[2] ?? '', /BULKHEAD_COMPARTMENT=own of the tab "a" does not count/);
    assert.match(warnings[3] ?? '', /partition.apart names "Nowhere"/);
  });
});
