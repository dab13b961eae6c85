import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import {
  describeError,
  enterNode,
  enterReceiver,
  type Fault,
  nodeAtFault,
  nodeInStack,
  outsideOfNodes,
} from '../../../packages/runtime/src/node-red/node-trace.ts';

const fiveMsLater = (): Promise<Fault | undefined> =>
  new Promise((resolve) => {
    setTimeout(() => resolve(nodeAtFault()), 5);
  });

describe('the node at fault', () => {
  it('is the function node in the stack, whatever its name', () => {
    assert.equal(nodeInStack('Error: x\n    at Function node:3f2a.b1 [my (odd) name]:1:2'), '3f2a.b1');
    assert.equal(nodeInStack('Error: x\n    at Function node setup:abc:3:1'), 'abc');
    assert.equal(nodeInStack('Error: x\n    at emit (node:events:1:1)'), undefined);
  });

  it('is found in errors of another realm', () => {
    const error: unknown = runInNewContext('new TypeError("odd")', {}, { filename: 'Function node:fn' });
    assert.equal(nodeAtFault(error)?.nodeId, 'fn');
    assert.match(describeError(error), /^TypeError: odd \(at Function node:fn/);
  });

  it('is the node in whose constructor or handler the failing work began, else the last receiver', async () => {
    await outsideOfNodes(async () => {
      enterNode('constructed');
      const later = fiveMsLater();
      enterReceiver('receiver', {});
      assert.deepEqual(await later, { nodeId: 'constructed', exact: true, message: undefined });
    });
    outsideOfNodes(() =>
      assert.deepEqual(nodeAtFault(new Error('x')), { nodeId: 'receiver', exact: false, message: undefined }),
    );
  });

  it('has the message in hand whose handling failed, not the one that came last', async () => {
    const [first, second] = [{ payload: 1 }, { payload: 2 }];
    await outsideOfNodes(async () => {
      enterReceiver('a', first);
      const later = fiveMsLater();
      enterReceiver('a', second);
      assert.equal((await later)?.message, first);
      assert.equal(nodeAtFault()?.message, second);
    });
  });

  it('a thrown value is described in one line', () => {
    assert.equal(describeError('text'), 'thrown value: text');
    assert.doesNotMatch(describeError(new Error('two\nlines')), /\n/);
  });
});
