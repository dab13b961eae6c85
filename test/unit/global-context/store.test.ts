import assert from 'node:assert/strict';
import { createManualClock } from '../../../packages/core/src/index.ts';
import { memoryStore } from '../../../packages/runtime/src/compartment/global-context/store.ts';
import { decodeMessage } from '../../../packages/runtime/src/protocol/frame.ts';
import { loneReplica } from '../../support/lone-replica.ts';

describe('the store of the global context', () => {
  function opened() {
    const clock = createManualClock(0);
    const sent: string[] = [];
    const replica = loneReplica(clock, ({ key, bytes }) => {
      sent.push(`${key}=${JSON.stringify(bytes && decodeMessage(bytes))}`);
    });
    return { clock, sent, store: memoryStore('memory', replica)({}) };
  }

  it('tells a wrong key to the callback alone, and throws it where there is none', () => {
    const { store } = opened();
    const told: unknown[] = [];
    store.set('global', 'a..b', 1, (error) => void told.push(error));
    assert.match(String(told), /Invalid property expression/);
    assert.equal(told.length, 1);
    assert.throws(() => store.set('global', 'a..b', 1), /Invalid property expression/);
  });

  it('shares what was written, though a key behind it is wrong or the callback throws', () => {
    const { store, clock, sent } = opened();
    store.set('global', ['one', 'a..b'], [1, 2], () => {});
    const fail = (): never => {
      throw new Error('of the flow');
    };
    assert.throws(() => store.set('global', 'two.deep', 2, fail), /of the flow/);
    clock.advance(10);
    assert.deepEqual(sent, ['one=1', 'two={"deep":2}']);
  });
});
