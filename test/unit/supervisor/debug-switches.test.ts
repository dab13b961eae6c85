import assert from 'node:assert/strict';
import type { DeployType, FlowNode, Slice } from '../../../packages/runtime/src/protocol/messages.ts';
import { DebugSwitches, debugSwitchOf } from '../../../packages/runtime/src/supervisor/compartments/debug-switches.ts';

const slice = (...flows: FlowNode[]): Slice => ({
  compartmentId: 'c',
  hash: JSON.stringify(flows),
  flows,
  credentials: {},
  palette: [],
  userDir: '',
  directory: '',
  services: {},
});
const node = (id: string, name = id): FlowNode => ({ id, type: 'debug', name });

describe('a debug node that was switched by its button', () => {
  const after = (deployType: DeployType, next: Slice): Readonly<Record<string, boolean>> => {
    const switches = new DebugSwitches();
    switches.switched(['a', 'b'], false);
    switches.switched(['i-c'], true);
    switches.deployed(slice(node('a'), node('b')), next, deployType);
    return switches.all;
  };

  it('stays as it is over a deploy that does not change it', () => {
    const kept = { a: false, b: false, 'i-c': true };
    assert.deepEqual(after('nodes', slice(node('a'), node('b'), node('d'))), kept);
    assert.deepEqual(after('load', slice(node('a', 'x'), node('b'))), kept);
  });

  it('is as it was deployed where the deploy changes or removes it', () => {
    assert.deepEqual(after('nodes', slice(node('a', 'x'), node('b'))), { b: false, 'i-c': true });
    assert.deepEqual(after('flows', slice(node('b'))), { b: false, 'i-c': true });
  });

  it('is as it was deployed after a restart, or a deploy of everything', () => {
    assert.deepEqual(after('full', slice(node('a'), node('b'))), {});
    assert.deepEqual(after('reload', slice(node('a'), node('b'))), {});
  });

  it('is one of a bounded number', () => {
    const switches = new DebugSwitches();
    const ids = Array.from({ length: 3_000 }, (_none, n) => `n${n}`);
    switches.switched(ids, false);
    switches.switched(['n1'], true);
    assert.equal(Object.keys(switches.all).length, 2_000);
    assert.equal(switches.all['n1'], true);
  });
});

describe('a request to the debug node', () => {
  const of = (method: string, url: string, body?: unknown) => debugSwitchOf({ method, url, headers: {}, body });

  it('switches one node, or those of a list', () => {
    assert.deepEqual(of('POST', '/debug/a%20b/disable'), { nodeIds: ['a b'], active: false });
    assert.deepEqual(of('POST', '/debug/enable?x=1', { nodes: ['a', 7, 'b'] }), { nodeIds: ['a', 'b'], active: true });
  });

  it('is no other request', () => {
    for (const [method, url] of [
      ['GET', '/debug/a/disable'],
      ['POST', '/debug/a/toggle'],
      ['POST', '/inject/a'],
      ['POST', '/x/debug/a/disable'],
    ] as const)
      assert.equal(of(method, url), null);
  });
});
