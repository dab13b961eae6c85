import { deepEqual, equal } from 'node:assert/strict';
import { askedBy, logLine } from '@bulkhead/node-kit';

describe('The log of a write', () => {
  it('says who, what, the old value and the new', () => {
    const result = { topic: 'umh.v1.a._raw.speed', address: 'DB1,REAL0', value: 72.5, old: 70, ok: true };
    deepEqual(logLine(result, 'anna, recipe, message 1'), {
      who: 'anna, recipe, message 1',
      topic: 'umh.v1.a._raw.speed',
      address: 'DB1,REAL0',
      old: '70',
      new: '72.5',
      reason: '',
    });
  });

  it('says that the old value is not known, and keeps long texts and 64-bit integers readable', () => {
    const text = logLine({ topic: 't', value: 'x'.repeat(200), ok: false, reason: 'no' }, 'a');
    deepEqual([text['old'], text['new']?.length, text['address'], text['reason']], ['?', 81, '?', 'no']);
    equal(logLine({ topic: 't', value: 5n, old: -9_007_199_254_740_993n, ok: true }, 'a')['old'], '-9007199254740993');
  });

  it('names the node and the message, and the user where the message has one, on one line', () => {
    const node = { id: 'n1', name: 'recipe' };
    equal(askedBy(node, { _msgid: '7' }), 'recipe, message 7');
    equal(askedBy({ id: 'n1' }, { _msgid: '7' }), 'n1, message 7');
    equal(
      askedBy(node, Object.assign({ _msgid: '7' }, { user: 'anna\nforged line' })),
      'anna forged line, recipe, message 7',
    );
    equal(askedBy(node, Object.assign({ _msgid: '7' }, { user: { username: 'ben' } })), 'ben, recipe, message 7');
  });
});
