import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { runInNewContext } from 'node:vm';
import {
  describeError,
  enterNode,
  type Fault,
  nodeAtFault,
  nodeInStack,
  outsideOfNodes,
  receive,
  watchPalettes,
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
      receive({ id: 'receiver' }, {}, () => {}, true);
      assert.deepEqual(await later, { nodeId: 'constructed', exact: true, message: undefined });
    });
    outsideOfNodes(() =>
      assert.deepEqual(nodeAtFault(new Error('x')), { nodeId: 'receiver', exact: false, message: undefined }),
    );
  });

  it('has the message in hand whose handling failed, not the one that came last', async () => {
    const [first, second] = [{ payload: 1 }, { payload: 2 }];
    await outsideOfNodes(async () => {
      const node = { id: 'a' };
      const faults: Promise<Fault | undefined>[] = [];
      for (const message of [first, second]) receive(node, message, () => void faults.push(fiveMsLater()), true);
      assert.deepEqual(
        (await Promise.all(faults)).map((fault) => fault?.message),
        [first, second],
      );
    });
  });

  it('is known of a message that is not noted, but not which one it was', async () => {
    const seen: unknown[] = [];
    const nodes = ['a', 'b', 'a'].map((id) => ({ id }));
    const faults: Promise<Fault | undefined>[] = [];
    for (const node of nodes) {
      for (const payload of [1, 2]) {
        receive(
          node,
          { payload },
          function (message) {
            seen.push([this === node, message]);
            faults.push(fiveMsLater());
          },
          false,
        );
      }
    }
    assert.deepEqual(
      seen,
      [1, 2, 1, 2, 1, 2].map((payload) => [true, { payload }]),
    );
    assert.deepEqual(
      await Promise.all(faults),
      ['a', 'a', 'b', 'b', 'a', 'a'].map((nodeId) => ({ nodeId, exact: true, message: undefined })),
    );
  });

  it('is no reason to lose the contexts of a palette on the way from node to node', () => {
    const palette = new AsyncLocalStorage<string>();
    const node = { id: 'a' };
    receive(node, {}, () => {}, false);
    watchPalettes();
    let during: unknown;
    palette.run('trace 1', () => receive(node, {}, () => void (during = palette.getStore()), false));
    assert.equal(during, 'trace 1');
  });

  it('a thrown value is described in one line', () => {
    assert.equal(describeError('text'), 'thrown value: text');
    assert.doesNotMatch(describeError(new Error('two\nlines')), /\n/);
  });
});
