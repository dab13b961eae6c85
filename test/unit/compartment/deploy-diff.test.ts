import assert from 'node:assert/strict';
import { planDeploy } from '../../../packages/runtime/src/compartment/deploy-diff.ts';
import type { Credentials, Slice } from '../../../packages/runtime/src/protocol/messages.ts';

const slice = (credentials: Record<string, Credentials>): Slice => ({
  compartmentId: 'c',
  hash: 'h',
  flows: [
    { id: 'a', type: 'x' },
    { id: 'b', type: 'x' },
  ],
  credentials,
  palette: [],
  userDir: '/u',
  directory: '/d',
  services: {},
});

describe('a deploy as Node-RED has to be told of it', () => {
  it('marks exactly the nodes whose credentials differ', () => {
    const plan = planDeploy(slice({ a: { p: '1' }, b: { p: '1' } }), slice({ a: { p: '1' }, b: { p: '2' } }), 'nodes');
    assert.deepEqual(plan.flows, [
      { id: 'a', type: 'x' },
      { id: 'b', type: 'x', credentials: { p: '2' } },
    ]);
    assert.deepEqual(plan.forget, []);
  });

  it('forgets credentials that are gone, and restarts their node', () => {
    const plan = planDeploy(slice({ a: { p: '1' } }), slice({}), 'flows');
    assert.deepEqual(plan.forget, ['a']);
    assert.deepEqual(plan.flows[0], { id: 'a', type: 'x', credentials: {} });
  });

  for (const [given, type] of [
    ['full', 'full'],
    ['reload', 'full'],
    ['flows', 'flows'],
    ['nodes', 'nodes'],
    ['load', 'nodes'],
  ] as const) {
    it(`a ${given} deploy becomes ${type}`, () => {
      assert.equal(planDeploy(slice({}), slice({}), given).type, type);
    });
  }
});
