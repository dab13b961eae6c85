import assert from 'node:assert/strict';
import { runnableEntries } from '../../../packages/runtime/src/editor/flow-entries.ts';

describe('of what was deployed', () => {
  it('what has no id or no type is left out, and counted', () => {
    const node = { id: 'a', type: 'tab', label: 'A' };
    const wrong = [null, 7, 'x', [], {}, { id: 5, type: 'tab' }, { id: '', type: 'tab' }, { id: 'b' }, { type: 'tab' }];
    assert.deepEqual(runnableEntries([...wrong, node]), { flows: [node], leftOut: 9 });
  });

  it('the later of two with one id runs, as in Node-RED', () => {
    const saved = [
      { id: 'a', type: 'debug', name: 'first' },
      { id: 'b', type: 'debug' },
      { id: 'a', type: 'debug', name: 'second' },
    ];
    assert.deepEqual(runnableEntries(saved), { flows: [saved[2], saved[1]], leftOut: 1 });
  });

  it('a name that is no text becomes one, or goes', () => {
    const { flows } = runnableEntries([{ id: 'a', type: 'tab', label: 7, name: {}, z: null, env: [1] }]);
    assert.deepEqual(flows, [{ id: 'a', type: 'tab', label: '7', env: [1] }]);
  });
});
