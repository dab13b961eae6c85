import assert from 'node:assert/strict';
import type { Note } from '../../../nodes/oee/src/oee/memory.ts';
import { type ContextPort, createOpenWindows } from '../../../nodes/oee/src/oee/open-windows.ts';

const counter = { entries: [], lastBad: [] };
const note: Note = {
  settings: 's',
  memory: { openStart: 0, newest: 1, states: [], totals: counter, seconds: counter, hadLate: false },
};

function contextOnDisk(): ContextPort {
  const values = new Map<string, unknown>();
  return { get: (key) => values.get(key), set: (key, value) => void values.set(key, value) };
}

function refuse(): never {
  throw new Error('no synchronous access');
}

const forgetful: ContextPort = { get: () => undefined, set: () => undefined };
const asynchronous: ContextPort = { get: refuse, set: refuse };

describe('an open window', () => {
  for (const [name, context] of [
    ['the default', forgetful],
    ['an asynchronous', asynchronous],
  ] as const) {
    it(`comes over a deploy with ${name} context store, and only once`, () => {
      const windows = createOpenWindows();
      windows.keep('a', context, note);
      windows.keep('a', context, undefined);
      assert.equal(windows.take('b', context), undefined);
      assert.equal(windows.take('a', context), note);
      assert.equal(windows.take('a', context), undefined);
    });
  }

  it('comes over a restart with a context store on disk', () => {
    const context = contextOnDisk();
    createOpenWindows().keep('a', context, note);
    assert.equal(createOpenWindows().take('a', context), note);
  });

  it('of a node that was deleted is forgotten', () => {
    const windows = createOpenWindows();
    windows.keep('a', forgetful, note);
    windows.forget('a');
    assert.equal(windows.take('a', forgetful), undefined);
  });
});
