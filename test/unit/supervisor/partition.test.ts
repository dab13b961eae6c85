import assert from 'node:assert/strict';
import type { FlowNode } from '../../../packages/runtime/src/protocol/messages.ts';
import { partition } from '../../../packages/runtime/src/supervisor/plan/partition.ts';

const tab = (id: string, more: Record<string, unknown> = {}): FlowNode => ({
  id,
  type: 'tab',
  label: `Tab ${id}`,
  ...more,
});
const node = (id: string, z: string, type: string, more: Record<string, unknown> = {}): FlowNode => ({
  id,
  z,
  type,
  x: 1,
  y: 1,
  wires: [],
  ...more,
});
const groups = (flows: readonly FlowNode[]): string[][] =>
  partition(flows).compartments.map((planned) => planned.tabs.map((entry) => entry.id));
const reasons = (flows: readonly FlowNode[]): string[] =>
  partition(flows).compartments.flatMap((planned) => planned.unions.map((union) => union.reason));

describe('the partition', () => {
  it('gives every tab a compartment of its own', () => {
    const flows = [tab('a'), tab('b'), node('n1', 'a', 'inject'), node('n2', 'b', 'debug')];
    assert.deepEqual(groups(flows), [['a'], ['b']]);
    assert.deepEqual(reasons(flows), []);
  });

  it('leaves disabled tabs out', () => {
    assert.deepEqual(groups([tab('a'), tab('b', { disabled: true })]), [['a']]);
  });

  it('keeps tabs together that were pinned under one name, and is named after the pin', () => {
    const pin = { env: [{ name: 'BULKHEAD_COMPARTMENT', value: 'fast', type: 'str' }] };
    const plan = partition([tab('a', pin), tab('b'), tab('c', pin)]);
    assert.deepEqual(
      plan.compartments.map(({ name, tabs }) => [name, tabs.map((entry) => entry.id)]),
      [
        ['fast', ['a', 'c']],
        ['Tab b', ['b']],
      ],
    );
    assert.match(plan.compartments[0]?.unions[0]?.reason ?? '', /BULKHEAD_COMPARTMENT=fast/);
  });

  it('lets tabs share a config node that every process may have for itself', () => {
    const broker = { id: 'm', type: 'mqtt-broker', name: 'plant', clientid: '' };
    assert.deepEqual(
      groups([
        tab('a'),
        tab('b'),
        broker,
        node('1', 'a', 'mqtt in', { broker: 'm' }),
        node('2', 'b', 'mqtt out', { broker: 'm' }),
      ]),
      [['a'], ['b']],
    );
  });

  it('joins tabs that share an MQTT client with a fixed id, and says so', () => {
    const broker = { id: 'm', type: 'mqtt-broker', name: 'plant', clientid: 'line-1' };
    const flows = [
      tab('a'),
      tab('b'),
      broker,
      node('1', 'a', 'mqtt in', { broker: 'm' }),
      node('2', 'b', 'mqtt out', { broker: 'm' }),
    ];
    assert.deepEqual(groups(flows), [['a', 'b']]);
    assert.match(reasons(flows)[0] ?? '', /mqtt-broker "plant".*client id is fixed/);
  });

  it('finds an exclusive config node behind other config nodes and inside subflows', () => {
    const flows = [
      tab('a'),
      tab('b'),
      tab('c'),
      { id: 'port', type: 'serial-port', serialport: '/dev/ttyS0' },
      { id: 'bus', type: 'bus', line: { port: 'port' } },
      { id: 'device', type: 'device', bus: 'bus' },
      { id: 'sub', type: 'subflow', name: 'Gauge' },
      node('inner', 'sub', 'device in', { device: 'device' }),
      node('1', 'a', 'device in', { device: 'device' }),
      node('2', 'b', 'subflow:sub'),
    ];
    assert.deepEqual(groups(flows), [['a', 'b'], ['c']]);
  });

  it('joins tabs that would open more sessions than a connection allows', () => {
    const plc = { id: 'p', type: 'opcua-connection', name: 'filler', maxSessions: 1 };
    const flows = [
      tab('a'),
      tab('b'),
      plc,
      node('1', 'a', 'opcua-read', { connection: 'p' }),
      node('2', 'b', 'opcua-read', { connection: 'p' }),
    ];
    assert.deepEqual(groups(flows), [['a', 'b']]);
    assert.match(reasons(flows)[0] ?? '', /allows 1 of the 2 sessions/);
    assert.deepEqual(groups(flows.map((entry) => (entry.id === 'p' ? { ...entry, maxSessions: 2 } : entry))), [
      ['a'],
      ['b'],
    ]);
  });

  it('leaves tabs that are linked apart: links cross compartments', () => {
    const flows = [
      tab('a'),
      tab('b'),
      tab('c'),
      node('o', 'a', 'link out', { links: ['i'] }),
      node('i', 'b', 'link in'),
      node('call', 'c', 'link call', { links: ['i'] }),
      node('f', 'c', 'function', { func: 'node.linkcall("i", msg)' }),
    ];
    assert.deepEqual(groups(flows), [['a'], ['b'], ['c']]);
    assert.deepEqual(reasons(flows), []);
  });

  it('keeps a tcp out that answers in the compartment of the tcp in whose messages reach it, over several links', () => {
    const flows = [
      tab('a'),
      tab('b'),
      tab('c'),
      tab('d'),
      node('t', 'a', 'tcp in', { server: 'server' }),
      node('o1', 'a', 'link out', { links: ['i1'] }),
      node('i1', 'b', 'link in', { links: ['o1'] }),
      node('o2', 'b', 'link out', { links: [] }),
      node('i2', 'c', 'link in', { links: ['o2'] }),
      node('answer', 'c', 'tcp out', { beserver: 'reply' }),
      node('other', 'd', 'tcp out', { beserver: 'reply' }),
    ];
    assert.deepEqual(groups(flows), [['a', 'c'], ['b'], ['d']]);
    assert.match(reasons(flows)[0] ?? '', /"tcp out" answers on the connection of a tcp in/);
  });

  it('survives links and references to nodes that do not exist, and circles between config nodes', () => {
    const flows = [
      tab('a'),
      node('o', 'a', 'link out', { links: ['gone', 7] }),
      { id: 'x', type: 'conf', other: 'y' },
      { id: 'y', type: 'conf', other: 'x' },
      node('n', 'a', 'user', { conf: 'x' }),
    ];
    assert.deepEqual(groups(flows), [['a']]);
  });
});
