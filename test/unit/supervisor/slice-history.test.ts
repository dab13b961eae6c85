import assert from 'node:assert/strict';
import type { Slice } from '../../../packages/runtime/src/protocol/messages.ts';
import { SliceHistory } from '../../../packages/runtime/src/supervisor/compartments/slice-history.ts';

const slice = (hash: string): Slice => ({
  compartmentId: 't',
  hash,
  flows: [],
  credentials: {},
  palette: [],
  userDir: '',
  directory: '',
  services: {},
});

describe('a rollback', () => {
  it('has nothing to go back to before a slice has lived', () => {
    const history = new SliceHistory();
    assert.equal(history.rollback(), false);
    history.deploy(slice('one'), null);
    assert.equal(history.rollback(), false);
    history.noteLived();
    assert.equal(history.rollback(), false, 'the good one is what runs');
  });

  it('runs the last slice that lived, until that tab is deployed again', () => {
    const history = new SliceHistory();
    history.deploy(slice('good'), null);
    history.noteLived();
    assert.equal(history.deploy(slice('bad'), 'good'), true);
    assert.equal(history.rollback(), true);
    assert.deepEqual([history.current?.hash, history.pinnedAgainst], ['good', 'bad']);
    assert.equal(history.deploy(slice('bad'), 'good'), false, 'a deploy of another tab changes nothing');
    assert.equal(history.deploy(slice('better'), 'good'), true);
    assert.deepEqual([history.current?.hash, history.pinnedAgainst], ['better', null]);
  });

  it('is kept by a supervisor that was started anew: what runs is not touched', () => {
    const history = new SliceHistory('bad');
    assert.equal(history.deploy(slice('bad'), 'good'), false);
    assert.equal(history.pinnedAgainst, 'bad');
    assert.equal(history.deploy(slice('better'), 'good'), true);
  });
});
