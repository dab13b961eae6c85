import assert from 'node:assert/strict';
import { nodeInFlowFile } from '../../../packages/runtime/src/protocol/node-in-flow-file.ts';

describe('the node of the flow file that a running node belongs to', () => {
  const flowFile = new Set(['use', 'a-use', 'node', 'a-use-of']);
  const cases: [string, string | undefined][] = [
    ['node', 'node'],
    ['use-inside', 'use'],
    ['use-inner-inside', 'use'],
    ['a-use-inside', 'a-use'],
    ['a-use-of', 'a-use-of'],
    ['nowhere', undefined],
    ['nowhere-node', undefined],
    ['-node', undefined],
    ['', undefined],
  ];
  for (const [id, expected] of cases) {
    it(`of "${id}" is ${expected === undefined ? 'none' : `"${expected}"`}`, () => {
      assert.equal(
        nodeInFlowFile(id, (candidate) => flowFile.has(candidate)),
        expected,
      );
    });
  }
});
