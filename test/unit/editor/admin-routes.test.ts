import assert from 'node:assert/strict';
import { nodeIdsOf } from '../../../packages/runtime/src/editor/admin-routes.ts';

describe('an admin request names nodes', () => {
  const nodes = new Set(['n1', 'n2', 'a b']);
  const ids = (url: string, body?: unknown): string[] => nodeIdsOf({ url, body }, (id) => nodes.has(id));

  it('in its path, decoded and without the query', () => {
    assert.deepEqual(ids('/inject/n1?x=n2'), ['n1']);
    assert.deepEqual(ids('/debug/a%20b/enable'), ['a b']);
    assert.deepEqual(ids('/inject/%E0%A4%A'), []);
  });

  it('in the list of its body', () => {
    assert.deepEqual(ids('/debug/disable', { nodes: ['n1', 'n2', 'unknown', 7, 'n1'] }), ['n1', 'n2']);
  });

  it('or not at all', () => {
    assert.deepEqual(ids('/serialports'), []);
    assert.deepEqual(ids('/debug/disable', { nodes: 'n1' }), []);
  });
});
