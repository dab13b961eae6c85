import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { documentOf } from '../../../mutations/document.ts';
import { mutations } from '../../../mutations/table.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

describe('the table of proofs', () => {
  for (const { part, promise, test, file, from, to } of mutations()) {
    it(`${part}: ${promise}`, () => {
      assert.equal(read(file).split(from).length - 1, 1, `${file} must contain this once: ${from}`);
      assert.notEqual(from, to);
      assert.ok(existsSync(path.join(root, test)), `${test}, which should notice it, is not there`);
    });
  }

  it('is the one in the documentation', () => {
    assert.equal(read('docs/proofs.md'), documentOf(mutations()), 'run `npm run mutations -- --write`');
  });
});
