import assert from 'node:assert/strict';
import type { Slice } from '../../../packages/runtime/src/protocol/messages.ts';
import { SliceHistory } from '../../../packages/runtime/src/supervisor/compartments/slice-history.ts';

const slice = (hash: string): Slice => ({
  compartmentId: 't',
  hash,
  flows: [{ id: 'n', type: 'function', z: 't', func: hash }],
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
    assert.equal(history.canRollBack, true);
    assert.equal(history.rollback(), true);
    assert.equal(history.canRollBack, false);
    assert.deepEqual([history.current?.hash, history.pinnedAgainst !== null], ['good', true]);
    assert.equal(history.deploy(slice('bad'), 'good'), false, 'a deploy of another tab changes nothing');
    assert.equal(history.deploy(slice('better'), 'good'), true);
    assert.deepEqual([history.current?.hash, history.pinnedAgainst], ['better', null]);
  });

  it('is kept by a supervisor that was started anew: what runs is not touched, and what falls runs it again', () => {
    const before = new SliceHistory();
    before.deploy(slice('good'), null);
    assert.equal(before.noteLived()?.hash, 'good', 'to be kept on disk');
    assert.equal(before.noteLived(), null, 'is kept already');
    before.deploy(slice('bad'), 'good');
    before.rollback();

    const adopts = new SliceHistory(before.pinnedAgainst);
    adopts.recall(slice('good'));
    assert.equal(adopts.deploy(slice('bad'), 'good'), false);
    assert.equal(adopts.current?.hash, 'good');
    assert.equal(adopts.deploy(slice('better'), 'good'), true);
    assert.equal(adopts.pinnedAgainst, null);
  });

  it('is kept over a restart of the house, in which everything of a slice but its flows is another', () => {
    const before = new SliceHistory();
    before.deploy(slice('good'), null);
    before.noteLived();
    before.deploy({ ...slice('bad'), links: { other: { path: '/run/1', token: 'one' } } }, 'good');
    before.rollback();

    const next = new SliceHistory(before.pinnedAgainst);
    next.recall(slice('good'));
    assert.equal(next.deploy({ ...slice('bad'), links: { other: { path: '/run/2', token: 'two' } } }, null), true);
    assert.deepEqual([next.current?.hash, next.pinnedAgainst], ['good', before.pinnedAgainst]);
  });

  it('whose earlier flows are lost is not claimed once a process starts', () => {
    const history = new SliceHistory();
    history.deploy(slice('good'), null);
    history.noteLived();
    history.deploy(slice('bad'), 'good');
    history.rollback();
    assert.equal(history.giveUpLostPin(), false);

    const next = new SliceHistory(history.pinnedAgainst);
    assert.equal(next.deploy(slice('bad'), 'good'), false, 'what runs is not touched');
    assert.equal(next.giveUpLostPin(), true);
    assert.deepEqual([next.current?.hash, next.pinnedAgainst], ['bad', null]);
  });
});
