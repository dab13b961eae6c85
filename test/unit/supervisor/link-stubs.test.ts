import assert from 'node:assert/strict';
import type { FlowNode, Slice } from '../../../packages/runtime/src/protocol/messages.ts';
import { indexFlows } from '../../../packages/runtime/src/supervisor/plan/flow-index.ts';
import { partition } from '../../../packages/runtime/src/supervisor/plan/partition.ts';
import { cutSlice, missingTypes } from '../../../packages/runtime/src/supervisor/plan/slice.ts';

const node = (id: string, z: string, type: string, more: Record<string, unknown> = {}): FlowNode => ({
  id,
  z,
  type,
  x: 10,
  y: 10,
  wires: [],
  ...more,
});
const flows: FlowNode[] = [
  { id: 'a', type: 'tab', label: 'A' },
  { id: 'b', type: 'tab', label: 'B' },
  { id: 'c', type: 'tab', label: 'C' },
  node('out', 'a', 'link out', { links: ['in'], mode: 'link' }),
  node('in', 'b', 'link in', { name: 'entrance', links: ['out'], wires: [['work']] }),
  node('in2', 'b', 'link in', { name: 'second', links: [] }),
  node('off', 'b', 'link in', { name: 'disabled', links: ['out'], d: true }),
  node('work', 'b', 'function', { func: 'return msg' }),
  node('back', 'b', 'link out', { mode: 'return', links: [] }),
  node('call', 'c', 'link call', { linkType: 'dynamic' }),
];
const palette = [
  { module: 'node-red', set: 'link', types: ['link in', 'link out', 'link call'], file: '/link.js', enabled: true },
  { module: 'node-red', set: 'function', types: ['function'], file: '/function.js', enabled: true },
];

/** The slice of the compartment with this id. */
function sliceOf(id: string, of: readonly FlowNode[] = flows): Slice {
  const { compartments } = partition(of);
  const owners = new Map(compartments.flatMap((planned) => planned.tabs.map((tab) => [tab.id, planned.id])));
  const planned = compartments.find((candidate) => candidate.id === id);
  assert.ok(planned);
  return cutSlice(
    planned,
    { index: indexFlows(of), credentials: {}, palette, userDir: '/user' },
    {
      directory: '/dir',
      services: {},
      links: {
        ownerOf: (tab) => owners.get(tab),
        endpoint: (target, caller) => ({ path: `/run/${target}`, token: `${caller} to ${target}` }),
      },
    },
  );
}
const changed = (id: string, more: Record<string, unknown>): FlowNode[] =>
  flows.map((entry) => (entry.id === id ? { ...entry, ...more } : entry));
const ids = (slice: Slice): string[] => slice.flows.map((entry) => entry.id);

describe('the stand-ins of link nodes in a slice', () => {
  it('are the tab and a bridge with the id of the link in, and nothing else of the other tab', () => {
    const slice = sliceOf('a');
    assert.deepEqual(slice.flows.slice(2), [
      { id: 'b', type: 'tab', label: 'B' },
      {
        type: 'bulkhead-link',
        z: 'b',
        x: 0,
        y: 0,
        compartment: 'b',
        target: 'in',
        wires: [],
        id: 'in',
        callers: ['out'],
      },
    ]);
    assert.deepEqual(slice.links, { b: { path: '/run/b', token: 'a to b' } });
    assert.deepEqual(missingTypes(slice), []);
  });

  it('have a real link in with the id and name of the remote one for calls', () => {
    const called = [...flows, node('static', 'a', 'link call', { links: ['in'] })];
    assert.deepEqual(
      sliceOf('a', called).flows.filter(({ z }) => z === 'b'),
      [
        {
          id: 'in',
          type: 'link in',
          z: 'b',
          name: 'entrance',
          links: ['out'],
          x: 0,
          y: 0,
          wires: [['bulkhead-link:in']],
        },
        {
          type: 'bulkhead-link',
          z: 'b',
          x: 0,
          y: 0,
          compartment: 'b',
          target: 'in',
          wires: [],
          id: 'bulkhead-link:in',
          callers: ['out', 'static'],
        },
      ],
    );
  });

  it('bring the node set of link nodes along', () => {
    const withFunction = [...flows, node('f', 'a', 'function', { func: 'await node.linkcall("second", msg)' })];
    assert.deepEqual(
      sliceOf('a', withFunction).palette.map(({ set }) => set),
      ['link', 'function'],
    );
  });

  it('stand for every link in where a dynamic call or a function may name any', () => {
    assert.deepEqual(ids(sliceOf('c')), ['c', 'call', 'b', 'in', 'bulkhead-link:in', 'in2', 'bulkhead-link:in2']);
    const withFunction = [...flows, node('f', 'a', 'function', { func: 'await node.linkcall("second", msg)' })];
    assert.ok(ids(sliceOf('a', withFunction)).includes('bulkhead-link:in2'));
  });

  it('are found through a subflow that the tab uses', () => {
    const subflow = [
      ...flows,
      { id: 'd', type: 'tab', label: 'D' },
      { id: 's', type: 'subflow', name: 'S' },
      node('inner', 's', 'link call', { links: ['in2'] }),
      node('instance', 'd', 'subflow:s'),
    ];
    assert.deepEqual(sliceOf('d', subflow).links, { b: { path: '/run/b', token: 'd to b' } });
  });

  it('are made where only the link in names the link out, as Node-RED wires it', () => {
    const slice = sliceOf('a', changed('out', { links: [] }));
    assert.deepEqual(slice.links, { b: { path: '/run/b', token: 'a to b' } });
    assert.deepEqual(slice.flows.find(({ id }) => id === 'in')?.['links'], ['out']);
  });

  it('are none for disabled nodes, for disabled tabs and for what returns', () => {
    assert.ok(!ids(sliceOf('a')).includes('off'));
    assert.deepEqual(sliceOf('a', changed('out', { d: true })).links, {});
    assert.deepEqual(sliceOf('a', changed('b', { disabled: true })).links, {});
    assert.deepEqual(sliceOf('a', changed('out', { mode: 'return' })).links, {});
  });

  it('leave the hash of the caller alone when the target changes behind its link in', () => {
    const { hash } = sliceOf('a');
    assert.equal(sliceOf('a', changed('work', { func: 'return null' })).hash, hash);
    assert.equal(sliceOf('a', changed('in', { x: 500, y: 500, wires: [[]] })).hash, hash);
    assert.equal(sliceOf('a', [...flows, node('new', 'b', 'debug')]).hash, hash);
    assert.notEqual(sliceOf('c', changed('in', { name: 'renamed' })).hash, sliceOf('c').hash);
  });

  it('leave the hash of the target alone when a caller comes or goes', () => {
    const { hash } = sliceOf('b');
    assert.equal(sliceOf('b', changed('call', { linkType: 'static', links: [] })).hash, hash);
  });

  it('give a node for what has to be returned to a slice that links may lead to', () => {
    assert.ok(ids(sliceOf('b')).includes('bulkhead-way-back'));
    assert.ok(!ids(sliceOf('c')).includes('bulkhead-way-back'));
  });
});
