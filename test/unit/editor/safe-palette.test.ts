import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterStart, openSafePalette } from '../../../packages/runtime/src/editor/safe-palette.ts';

const newest = { name: 'newest', installedAt: 3 };
const older = { name: 'older', installedAt: 2 };
const installed = (): (typeof newest)[] => [newest, older];

describe('the safe palette', () => {
  it('counts starts, and after three crashes in a row leaves out the module installed last', () => {
    let state = afterStart({ starts: 0, excluded: [] }, installed);
    assert.deepEqual(state, { starts: 1, excluded: [] });
    state = afterStart(afterStart(state, installed), installed);
    assert.deepEqual(state, { starts: 3, excluded: [] });
    state = afterStart(state, installed);
    assert.deepEqual(state, { starts: 1, excluded: [newest] });
  });

  it('leaves out the one before as well when that did not help', () => {
    assert.deepEqual(afterStart({ starts: 3, excluded: [newest] }, installed), {
      starts: 1,
      excluded: [newest, older],
    });
  });

  it('takes a module back that was installed anew or removed', () => {
    assert.deepEqual(afterStart({ starts: 0, excluded: [{ name: 'newest', installedAt: 1 }] }, installed).excluded, []);
    assert.deepEqual(afterStart({ starts: 0, excluded: [newest] }, () => []).excluded, []);
  });

  it('leaves out nothing where the user installed nothing', () => {
    assert.deepEqual(
      afterStart({ starts: 3, excluded: [] }, () => []),
      { starts: 1, excluded: [] },
    );
  });
});

describe('the safe palette on a full disk', () => {
  let userDir = '';
  beforeEach(() => {
    userDir = mkdtempSync(path.join(tmpdir(), 'bh-safe-palette-'));
  });
  afterEach(() => rmSync(userDir, { recursive: true }));
  const file = (): string => path.join(userDir, '.bulkhead-starts.json');

  it('holds up no start, says so once, and leaves out what it left out before', () => {
    const module = path.join(userDir, 'node_modules', 'bad-palette', 'package.json');
    mkdirSync(path.dirname(module), { recursive: true });
    writeFileSync(module, '{}');
    writeFileSync(path.join(userDir, 'package.json'), '{"dependencies":{"bad-palette":"1.0.0"}}');
    const excluded = [{ name: 'bad-palette', installedAt: statSync(module).ctimeMs }];
    const before = JSON.stringify({ starts: 0, excluded });
    writeFileSync(file(), before);
    symlinkSync('/dev/full', `${file()}.new`);
    const said: string[] = [];
    const safePalette = openSafePalette(userDir, (line) => said.push(line));
    assert.deepEqual(safePalette.excluded, ['bad-palette']);
    assert.equal(readFileSync(file(), 'utf8'), before);
    assert.equal(said.length, 1);
    assert.match(said[0] ?? '', /the starts of the editor are not counted.*ENOSPC/);
    symlinkSync('/dev/full', `${file()}.new`);
    safePalette.endedCleanly();
  });
});
