import assert from 'node:assert/strict';
import { nodesNamedBy } from '../../../packages/runtime/src/editor/named-nodes.ts';
import { knownPart } from '../../../packages/runtime/src/protocol/instance-id.ts';

describe('an admin request names nodes', () => {
  const nodes = new Set(['n1', 'n2', 'a b']);
  const ids = (url: string, body?: unknown): string[] => nodesNamedBy({ url, body }, (id) => nodes.has(id));

  it('in its path, decoded', () => {
    assert.deepEqual(ids('/inject/n1?x=n2'), ['n1']);
    assert.deepEqual(ids('/debug/a%20b/enable'), ['a b']);
    assert.deepEqual(ids('/inject/%E0%A4%A'), []);
  });

  it('or in its query', () => {
    assert.deepEqual(ids('/browse?depth=2&server=n2'), ['n2']);
    assert.deepEqual(ids('/browse?server=a+b'), ['a b']);
  });

  it('or in a field or a list of its body', () => {
    assert.deepEqual(ids('/debug/disable', { nodes: ['n1', 'n2', 'unknown', 7, 'n1'] }), ['n1', 'n2']);
    assert.deepEqual(ids('/browse', { server: 'n1', depth: 2 }), ['n1']);
  });

  it('in the first of these places that has any: a payload may look like an id', () => {
    assert.deepEqual(ids('/inject/n1', { payload: 'n2' }), ['n1']);
    assert.deepEqual(ids('/browse?server=n1', { payload: 'n2' }), ['n1']);
  });

  it('or not at all', () => {
    assert.deepEqual(ids('/serialports'), []);
    assert.deepEqual(ids('/debug/disable', { nodes: { id: 'n1' } }), []);
    assert.deepEqual(ids('/x', 'n1'), []);
  });
});

describe('the id of a node inside a subflow', () => {
  const known = new Set(['i1', 'my-tab', 'my-tab-x']);
  const part = (id: string): string | undefined => knownPart(id, (candidate) => known.has(candidate));

  it('begins with that of the instance, also where ids hold dashes', () => {
    assert.equal(part('i1'), 'i1');
    assert.equal(part('i1-n'), 'i1');
    assert.equal(part('i1-inner-n'), 'i1');
    assert.equal(part('my-tab-n'), 'my-tab');
    assert.equal(part('my-tab-x-n'), 'my-tab-x');
  });

  it('is unknown where the instance is', () => {
    for (const id of ['', '-', 'i2-n', 'i', '-i1', 'my']) assert.equal(part(id), undefined, id);
  });
});
