import assert from 'node:assert/strict';
import { deserialize, serialize } from 'node:v8';
import type { FlowNode, PaletteEntry } from '../../../packages/runtime/src/protocol/messages.ts';
import { directoryName } from '../../../packages/runtime/src/supervisor/compartment-process.ts';
import { indexFlows } from '../../../packages/runtime/src/supervisor/plan/flow-index.ts';
import { claimsOf } from '../../../packages/runtime/src/supervisor/plan/listeners.ts';
import { partition } from '../../../packages/runtime/src/supervisor/plan/partition.ts';
import { cutSlice, type LinkPlan, missingTypes } from '../../../packages/runtime/src/supervisor/plan/slice.ts';

const palette: PaletteEntry[] = [
  { module: 'node-red', set: 'inject', types: ['inject'], file: '/core/inject.js', enabled: true },
  {
    module: 'node-red',
    set: 'mqtt',
    types: ['mqtt in', 'mqtt out', 'mqtt-broker'],
    file: '/core/mqtt.js',
    enabled: true,
  },
  { module: 'x', set: 'off', types: ['off'], file: '/x/off.js', enabled: false },
];
const flows: FlowNode[] = [
  { id: 'a', type: 'tab', label: 'A' },
  { id: 'b', type: 'tab', label: 'B' },
  { id: 'm', type: 'mqtt-broker', clientid: '' },
  { id: 'n1', type: 'inject', z: 'a', x: 1, y: 1, wires: [['n2']] },
  { id: 'n2', type: 'mqtt out', z: 'a', broker: 'm', x: 1, y: 1, wires: [] },
  { id: 'n3', type: 'inject', z: 'b', x: 1, y: 1, wires: [] },
  { id: 'unused', type: 'tls-config' },
];
const services = { mqtt: { url: 'mqtt://127.0.0.1:1', password: 'hidden' } };
const links: LinkPlan = { ownerOf: () => undefined, endpoint: () => ({ path: '', token: '' }) };
const slices = (
  changed: FlowNode[] = flows,
  credentials: Record<string, Record<string, string>> = { m: { password: 'secret' }, n3: { key: 'other' } },
) => {
  const deployed = { index: indexFlows(changed), credentials, palette, userDir: '/home' };
  return partition(changed).compartments.map((planned) =>
    cutSlice(planned, deployed, { directory: `/dir/${planned.id}`, services, links }),
  );
};

/** Names that every object has, and that a flow file may use. */
const inherited = ['constructor', 'toString', '__proto__'];

describe('a slice', () => {
  it('takes no secret for a node that is called like what every object has', () => {
    for (const id of inherited) {
      const [a] = slices([...flows, { id, type: 'inject', z: 'a', x: 1, y: 1, wires: [] }]);
      assert.deepEqual(a?.credentials, { m: { password: 'secret' } }, id);
      // It goes to another process.
      assert.deepEqual(deserialize(serialize(a)), a, id);
    }
  });

  it('finds no listener in a node of a type that is called so', () => {
    for (const type of inherited) assert.deepEqual(claimsOf({ id: 'n', type, z: 'a' }), [], type);
  });

  it('has a folder of its own, whatever the id is', () => {
    const long = 'x'.repeat(300);
    const ids = ['a', 'a/b', '../../a', '.', '..', `${long}1`, `${long}2`, '\ud800', '%', 'a:b*?"<>|', '\0'];
    const names = ids.map(directoryName);
    assert.equal(new Set(names).size, ids.length);
    for (const name of names) assert.match(name, /^[^/.\0]{1,200}$/);
  });

  it('has the hash of the same flows in another order, and with the outputs that an editor adds', () => {
    const hashOf = (changed: FlowNode[]): string | undefined =>
      slices(changed).find(({ compartmentId }) => compartmentId === 'a')?.hash;
    assert.equal(hashOf(flows.toReversed()), hashOf(flows));
    // Of two routes that match a request the first answers.
    const route = (id: string): FlowNode => ({ id, type: 'http in', z: 'a', x: 1, y: 1, url: `/${id}`, wires: [] });
    assert.notEqual(hashOf([...flows, route('r1'), route('r2')]), hashOf([...flows, route('r2'), route('r1')]));
    const wired = (wires: unknown): FlowNode[] => flows.map((node) => (node.id === 'n1' ? { ...node, wires } : node));
    assert.equal(hashOf(wired([['n2'], [], []])), hashOf(flows));
    for (const other of [[], [[], ['n2']], [['n2'], ['n2']], [['n2', 'n2']]])
      assert.notEqual(hashOf(wired(other)), hashOf(flows));
  });

  it('holds its tabs, the config nodes they use, their secrets and their node sets, and nothing else', () => {
    const [a, b] = slices();
    assert.deepEqual(
      a?.flows.map(({ id }) => id),
      ['a', 'm', 'n1', 'n2'],
    );
    assert.deepEqual(a?.credentials, { m: { password: 'secret' } });
    assert.deepEqual(
      a?.palette.map(({ set }) => set),
      ['inject', 'mqtt'],
    );
    assert.deepEqual(
      b?.flows.map(({ id }) => id),
      ['b', 'n3'],
    );
    assert.deepEqual(
      b?.palette.map(({ set }) => set),
      ['inject'],
    );
  });

  it('carries the services of the house only to tabs that ask for them', () => {
    const provided = flows
      .concat({ id: 'u', type: 'uns-connection', source: 'bulkhead' })
      .map((entry) => (entry.id === 'n3' ? { ...entry, connection: 'u' } : entry));
    const [a, b] = slices(provided);
    assert.deepEqual(a?.services, {});
    assert.deepEqual(b?.services, services);
  });

  it('changes its hash with its own flows and secrets, and with no other', () => {
    const [a, b] = slices();
    const [a2, b2] = slices(flows.map((entry) => (entry.id === 'n3' ? { ...entry, name: 'renamed' } : entry)));
    assert.equal(a2?.hash, a?.hash);
    assert.notEqual(b2?.hash, b?.hash);
    const [a3, b3] = slices(flows, { m: { password: 'changed' }, n3: { key: 'other' } });
    assert.notEqual(a3?.hash, a?.hash);
    assert.equal(b3?.hash, b?.hash);
  });

  it('has a hash that does not depend on the order of properties', () => {
    const turned = flows.map((entry) => ({
      ...Object.fromEntries(Object.entries(entry).reverse()),
      id: entry.id,
      type: entry.type,
    }));
    assert.deepEqual(
      slices(turned).map(({ hash }) => hash),
      slices().map(({ hash }) => hash),
    );
  });

  it('names the node types that nobody registers', () => {
    const [a] = slices(flows.concat({ id: 'n4', type: 'off', z: 'a', x: 1, y: 1 }));
    assert.deepEqual(a && missingTypes(a), ['off']);
  });
});
