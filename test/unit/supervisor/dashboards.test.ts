import assert from 'node:assert/strict';
import { defaultRules, type PlanRules } from '../../../packages/runtime/src/protocol/plan-rules.ts';
import type { FlowNode, Slice } from '../../../packages/runtime/src/protocol/messages.ts';
import { indexFlows } from '../../../packages/runtime/src/supervisor/plan/flow-index.ts';
import { type Plan, partition } from '../../../packages/runtime/src/supervisor/plan/partition.ts';
import { cutSlice } from '../../../packages/runtime/src/supervisor/plan/slice.ts';
import { func, inject, tab } from '../../support/compartment.ts';
import { button, dashboard, uiText, widget } from '../../support/dashboard-flow.ts';

/** Two tabs: button → function → text on each. */
const line = (id: string, more: readonly FlowNode[] = []): FlowNode[] => [
  tab(id),
  button(`${id}-button`, id, [`${id}-work`]),
  func(`${id}-work`, id, 'return msg', [`${id}-text`]),
  uiText(`${id}-text`, id),
  ...more,
];
const two = [...line('a'), ...line('b'), ...dashboard()];
const shape = ({ compartments }: Plan): Record<string, string[]> =>
  Object.fromEntries(
    compartments.map(({ id, tabs, dashboards }) => [id, [...tabs, ...dashboards].map((unit) => unit.id)]),
  );
const rules = (partitionRules: Partial<PlanRules['partition']>): PlanRules => ({
  ...defaultRules,
  partition: { ...defaultRules.partition, ...partitionRules },
});
const reasons = (plan: Plan): string[] => plan.compartments.flatMap(({ unions }) => unions.map(({ reason }) => reason));

function slice(id: string, flows: readonly FlowNode[], plan = partition(flows)): Slice {
  const planned = plan.compartments.find((one) => one.id === id);
  assert.ok(planned, `no compartment ${id}`);
  const owners = new Map(plan.compartments.flatMap(({ id: own, tabs }) => tabs.map((entry) => [entry.id, own])));
  const deployed = { index: indexFlows(flows), credentials: {}, palette: [], userDir: '/user' };
  return cutSlice(planned, deployed, {
    directory: '/dir',
    services: {},
    links: {
      ownerOf: (one) => owners.get(one),
      endpoint: (target, caller) => ({ path: `/run/${target}`, token: `${caller} to ${target}` }),
    },
  });
}
const kinds = ({ flows }: Slice): Record<string, string> => Object.fromEntries(flows.map(({ id, type }) => [id, type]));
const entry = ({ flows }: Slice, id: string): FlowNode => {
  const found = flows.find((node) => node.id === id);
  assert.ok(found, `no ${id}`);
  return found;
};

describe('dashboards in the plan', () => {
  it('run apart from the tabs that have widgets on them, once these are two', () => {
    assert.deepEqual(shape(partition(two)), { a: ['a'], b: ['b'], dash: ['dash'] });
  });

  it('run with their tab as long as it is the only one', () => {
    assert.deepEqual(shape(partition([...line('a'), tab('b'), ...dashboard()])), { a: ['a', 'dash'], b: ['b'] });
    const disabled = [...line('a'), tab('b'), uiText('off', 'b', [], { d: true }), ...dashboard()];
    assert.deepEqual(shape(partition(disabled)), { a: ['a', 'dash'], b: ['b'] });
  });

  it('run with the tabs of one compartment that hold all widgets', () => {
    const pin = { env: [{ name: 'BULKHEAD_COMPARTMENT', value: 'line', type: 'str' }] };
    const pinned = two.map((node) => (node.type === 'tab' ? { ...node, ...pin } : node));
    assert.deepEqual(shape(partition(pinned)), { a: ['a', 'b', 'dash'] });
  });

  it('are found behind any config node, for widgets of third parties and in subflows', () => {
    const flows = [
      ...line('a'),
      tab('b'),
      { id: 'own-group', type: 'third-party-layout', name: 'x', area: { group: 'dash-group' } },
      { id: 'third', type: 'third-party-gauge', z: 'b', x: 1, y: 1, where: 'own-group', wires: [] },
      tab('c'),
      { id: 'instance', type: 'subflow:sub', z: 'c', x: 1, y: 1, wires: [] },
      { id: 'sub', type: 'subflow', name: 'sub', in: [], out: [] },
      uiText('inner', 'sub'),
      ...dashboard(),
    ];
    const plan = partition(flows);
    assert.deepEqual(shape(plan), { a: ['a'], b: ['b'], c: ['c'], dash: ['dash'] });
    const moved = plan.compartments.find(({ id }) => id === 'dash')?.splits.map(({ tab: z, nodes }) => [z, nodes]);
    assert.deepEqual(moved, [
      ['a', ['a-button', 'a-text']],
      ['b', ['third']],
      ['c', ['instance']],
    ]);
    assert.equal(kinds(slice('dash', flows, plan))['inner'], 'ui-text');
    assert.equal(kinds(slice('c', flows, plan))['inner'], undefined);
  });

  it('of the old kind are one, also for its nodes that name no group', () => {
    const flows = [
      tab('a'),
      tab('b'),
      tab('c'),
      { id: 'base', type: 'ui_base', name: 'Site' },
      { id: 'otab', type: 'ui_tab', name: 'Home' },
      { id: 'ogroup', type: 'ui_group', name: 'G', tab: 'otab' },
      widget('ui_gauge', 'gauge', 'a', [], { group: 'ogroup' }),
      widget('ui_toast', 'toast', 'b', [], { group: '' }),
      inject('press', 'c', []),
    ];
    const plan = partition(flows);
    assert.deepEqual(shape(plan), { a: ['a'], b: ['b'], c: ['c'], base: ['base'] });
    assert.deepEqual(Object.keys(kinds(slice('base', flows, plan))), [
      'a',
      'b',
      'base',
      'otab',
      'ogroup',
      'gauge',
      'toast',
    ]);
  });

  it('are as many compartments as there are dashboards', () => {
    const second = ['c', 'd'].flatMap((id) => [tab(id), uiText(`${id}-text`, id, [], { group: 'other-group' })]);
    const flows = [...two, ...second, ...dashboard('other', 'Other', '/other')];
    assert.deepEqual(shape(partition(flows)), {
      a: ['a'],
      b: ['b'],
      c: ['c'],
      d: ['d'],
      dash: ['dash'],
      other: ['other'],
    });
  });

  it('are joined when one node stands on both', () => {
    const both = widget('third-party', 'both', 'a', [], { group: 'dash-group', second: 'other-group' });
    const second = [tab('c'), uiText('c-text', 'c', [], { group: 'other-group' })];
    const plan = partition([...two, both, ...second, ...dashboard('other', 'Other', '/other')]);
    assert.deepEqual(shape(plan), { a: ['a'], b: ['b'], c: ['c'], dash: ['dash', 'other'] });
    assert.match(reasons(plan).join(), /"both" stands on the dashboard "Other" and on another one/);
  });

  it('go to the tab whose flow context a widget uses, and say so', () => {
    const flows = [
      ...line('a'),
      tab('b'),
      button('b-button', 'b', [], { payloadType: 'flow', payload: 'x' }),
      ...dashboard(),
    ];
    const plan = partition(flows);
    assert.deepEqual(shape(plan), { a: ['a'], b: ['b', 'dash'] });
    assert.match(reasons(plan).join(), /"My Dashboard": its node "b-button" uses the flow context of its tab/);
  });

  it('say in the plan which nodes run where, and why', () => {
    const [split] = partition(two).compartments.find(({ id }) => id === 'a')?.splits ?? [];
    assert.deepEqual(
      { ...split, reason: '' },
      {
        tab: 'a',
        nodes: ['a-button', 'a-text'],
        from: 'a',
        to: 'dash',
        dashboard: 'dash',
        reason: '',
      },
    );
    assert.match(split?.reason ?? '', /dashboard "My Dashboard" is one page with widgets of several tabs/);
  });

  it('stay with their tabs, all of them joined, when bulkhead.yaml says so', () => {
    const plan = partition(two, rules({ dashboards: 'with-tabs' }));
    assert.deepEqual(shape(plan), { a: ['a', 'b', 'dash'] });
    assert.match(reasons(plan)[0] ?? '', /bulkhead.yaml keeps widgets in the compartment of their tab/);
  });

  it('take in the tabs that are pinned to their name', () => {
    const pinned = two.map((node) =>
      node.id === 'a' ? { ...node, env: [{ name: 'BULKHEAD_COMPARTMENT', value: 'My Dashboard', type: 'str' }] } : node,
    );
    const plan = partition(pinned);
    assert.deepEqual(shape(plan), { a: ['a', 'dash'], b: ['b'] });
    assert.equal(plan.compartments[0]?.name, 'My Dashboard');
    assert.deepEqual(shape(partition(two, rules({ pins: { 'My Dashboard': ['b'] } }))), { a: ['a'], b: ['b', 'dash'] });
  });

  it('run apart even from a single tab when bulkhead.yaml says so', () => {
    const flows = [...line('a'), ...dashboard()];
    assert.deepEqual(shape(partition(flows, rules({ apart: ['My Dashboard'] }))), { a: ['a'], dash: ['dash'] });
  });
});

describe('the slices of a tab whose widgets run with a dashboard', () => {
  it('have a bridge in the place of each node on the other side of a wire, with its id', () => {
    const tabSlice = slice('a', two);
    assert.deepEqual(kinds(tabSlice), { a: 'tab', 'a-work': 'function', 'a-text': 'bulkhead-link' });
    assert.deepEqual(entry(tabSlice, 'a-text')['compartment'], 'dash');
    assert.deepEqual(entry(tabSlice, 'a-work')['wires'], [['a-text']]);
    assert.deepEqual(tabSlice.entrances, ['a-work']);
    assert.deepEqual(Object.keys(tabSlice.links ?? {}), ['dash']);
    const page = slice('dash', two);
    assert.equal(kinds(page)['a-work'], 'bulkhead-link');
    assert.equal(entry(page, 'a-work')['compartment'], 'a');
    assert.deepEqual(page.entrances, ['a-text', 'b-text']);
    assert.deepEqual(Object.keys(page.links ?? {}), ['a', 'b']);
  });

  it('have the environment of the tab and of the groups around the widgets', () => {
    const env = [{ name: 'LINE', value: '1', type: 'str' }];
    const flows = [
      ...two.map((node) =>
        node.id === 'a' ? { ...node, env, info: 'text' } : node.id === 'a-text' ? { ...node, g: 'inner' } : node,
      ),
      { id: 'outer', type: 'group', z: 'a', name: 'outer', env, nodes: ['inner'], x: 1, y: 1, w: 1, h: 1 },
      { id: 'inner', type: 'group', z: 'a', name: 'inner', g: 'outer', nodes: ['a-text'], x: 1, y: 1, w: 1, h: 1 },
      { id: 'none', type: 'group', z: 'a', name: 'none', nodes: [], x: 1, y: 1, w: 1, h: 1 },
    ];
    const page = slice('dash', flows);
    assert.deepEqual(entry(page, 'a'), { id: 'a', type: 'tab', label: 'a', env });
    assert.deepEqual(entry(page, 'outer'), { id: 'outer', type: 'group', z: 'a', name: 'outer', env });
    assert.deepEqual(entry(page, 'inner'), { id: 'inner', type: 'group', z: 'a', name: 'inner', g: 'outer' });
    assert.equal(kinds(page)['none'], undefined);
  });

  it('have the catch, status and complete nodes that cover a widget in front of a bridge', () => {
    const at = { z: 'a', x: 1, y: 1 };
    const flows = [
      ...two,
      { ...at, id: 'all', type: 'catch', scope: null, uncaught: true, wires: [['a-work']] },
      { ...at, id: 'mine', type: 'status', scope: ['a-text', 'a-work', 'a-button'], wires: [['a-text']] },
      { ...at, id: 'done', type: 'complete', scope: ['a-work'], wires: [[]] },
    ];
    const page = slice('dash', flows);
    assert.deepEqual(entry(page, 'all'), {
      ...at,
      id: 'all',
      type: 'catch',
      name: '',
      uncaught: true,
      scope: null,
      x: 0,
      y: 0,
      wires: [['bulkhead-link:all']],
    });
    assert.deepEqual(entry(page, 'mine')['scope'], ['a-button'], 'no loop over the wire that it has');
    assert.equal(kinds(page)['done'], undefined);
    assert.deepEqual(slice('a', flows).entrances, ['a-work', 'all', 'mine']);
    assert.equal(entry(page, 'bulkhead-link:all')['target'], 'all');
  });

  it('leave out what is disabled, on either side of a wire', () => {
    const off = (id: string): FlowNode[] => two.map((node) => (node.id === id ? { ...node, d: true } : node));
    assert.equal(kinds(slice('a', off('a-text')))['a-text'], undefined);
    assert.equal(kinds(slice('dash', off('a-text')))['a-text'], 'ui-text', 'its own runtime leaves it out');
    assert.equal(kinds(slice('dash', off('a-work')))['a-work'], undefined);
    assert.deepEqual(slice('dash', off('a-work')).entrances, ['b-text']);
  });

  it('change only where something changes', () => {
    const edited = two.map((node) => (node.id === 'a-work' ? { ...node, func: 'return null' } : node));
    assert.equal(slice('dash', edited).hash, slice('dash', two).hash);
    assert.equal(slice('b', edited).hash, slice('b', two).hash);
    assert.notEqual(slice('a', edited).hash, slice('a', two).hash);
    const widened = two.map((node) => (node.id === 'a-text' ? { ...node, width: '6' } : node));
    assert.equal(slice('a', widened).hash, slice('a', two).hash);
    assert.notEqual(slice('dash', widened).hash, slice('dash', two).hash);
  });

  it('have pages that no widget stands on as well', () => {
    const empty = { id: 'link', type: 'ui-link', name: 'Link', ui: 'dash', path: 'http://x' };
    assert.equal(kinds(slice('dash', [...two, empty]))['link'], 'ui-link');
    assert.equal(kinds(slice('a', [...two, empty]))['link'], undefined);
  });
});
