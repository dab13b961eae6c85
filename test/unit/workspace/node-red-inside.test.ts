import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const rows = [...read('docs/node-red-inside.md').matchAll(/^\| (.+) \| `([^`|]+)` \| `([^`|]+)`: (.+) \|$/gm)];

describe('the list of what is used of the inside of Node-RED', () => {
  it('has rows that can be read', () => {
    assert.ok(rows.length > 90, `${rows.length} rows`);
  });

  for (const [, inside = '', source = '', test = '', title = ''] of rows) {
    it(`names the contract test of ${inside}`, () => {
      assert.ok(existsSync(path.join(root, source)), `${source}, which uses it, is not there`);
      assert.ok(read(test).includes(title), `${test} has no test "${title}"`);
    });
  }
});
