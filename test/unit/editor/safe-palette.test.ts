import assert from 'node:assert/strict';
import { afterStart } from '../../../packages/runtime/src/editor/safe-palette.ts';

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
