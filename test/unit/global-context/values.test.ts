import assert from 'node:assert/strict';
import { serialize } from 'node:v8';
import { copyOf } from '../../../packages/runtime/src/compartment/global-context/copy-of.ts';
import { Values } from '../../../packages/runtime/src/compartment/global-context/values.ts';

describe('a value that came from another tab', () => {
  const isUnread = (live: object): boolean => Object.getOwnPropertyDescriptor(live, 'line')?.get !== undefined;

  it('is made when a node reads it, and then one object for all who do', () => {
    const live: Record<string, unknown> = {};
    const values = new Values(live);
    const bytes = serialize({ speed: 5 });
    values.take('line', bytes);
    assert.deepEqual([Object.keys(live), isUnread(live)], [['line'], true]);
    assert.deepEqual([values.copy('line', copyOf), isUnread(live)], [{ bytes }, true]);
    const first = live['line'];
    assert.deepEqual(first, { speed: 5 });
    assert.deepEqual([live['line'] === first, isUnread(live)], [true, false]);
  });

  it('gives way to what is written here, and to its deletion', () => {
    const live: Record<string, unknown> = {};
    const values = new Values(live);
    values.take('line', serialize(1));
    live['line'] = 2;
    const copy = values.copy('line', copyOf);
    assert.deepEqual([live, copy], [{ line: 2 }, { bytes: serialize(2) }]);
    values.take('line', serialize(3));
    delete live['line'];
    assert.equal(values.copy('line', copyOf), undefined);
    values.take('line', serialize(4));
    values.take('line', null);
    assert.deepEqual(live, {});
  });
});
