import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';

const root = path.resolve(import.meta.dirname, '../../..');
const manifest = v.object({ bin: v.optional(v.record(v.string(), v.string()), {}) });

describe('a command of the workspace', () => {
  for (const file of globSync('packages/*/package.json', { cwd: root })) {
    const { bin } = v.parse(manifest, JSON.parse(readFileSync(path.join(root, file), 'utf8')));
    for (const [name, target] of Object.entries(bin)) {
      it(`${name} is a file of the repo: npm links it before anything is built`, () => {
        const program = path.join(path.dirname(file), target);
        const listed = spawnSync('git', ['check-ignore', program], { cwd: root, encoding: 'utf8' });
        assert.equal(listed.stdout, '', `${program} is ignored by Git`);
        assert.match(readFileSync(path.join(root, program), 'utf8'), /^#!\/usr\/bin\/env node\n/);
      });
    }
  }
});
