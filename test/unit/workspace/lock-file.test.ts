import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';

const root = path.resolve(import.meta.dirname, '../../..');
const versions = v.optional(v.record(v.string(), v.string()), {});
const manifest = v.object({ dependencies: versions, devDependencies: versions, optionalDependencies: versions });
const lock = v.object({ packages: v.record(v.string(), manifest) });

const { packages } = v.parse(lock, JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')));
const members = Object.keys(packages).filter((folder) => !folder.includes('node_modules'));

/** True when Node's resolution from `folder` finds `name` in the lock file. */
function isLocked(folder: string, name: string): boolean {
  const parts = folder === '' ? [] : folder.split('/');
  return Array.from({ length: parts.length + 1 }, (_, taken) => parts.slice(0, taken).join('/')).some(
    (base) => path.posix.join(base, 'node_modules', name) in packages,
  );
}

describe('the lock file', () => {
  for (const folder of members) {
    it(`agrees with the manifest of ${folder === '' ? 'the workspace' : folder}`, () => {
      const own = v.parse(manifest, JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8')));
      assert.deepEqual(packages[folder], own);
    });
  }

  it('holds the optional packages of every platform: npm ci refuses it otherwise (scripts/complete-lock.mjs)', () => {
    const missing = Object.entries(packages).flatMap(([folder, { optionalDependencies }]) =>
      Object.keys(optionalDependencies).filter((name) => !isLocked(folder, name)),
    );
    assert.deepEqual(missing, []);
  });
});
