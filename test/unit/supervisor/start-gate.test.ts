import { deepEqual, equal } from 'node:assert/strict';
import { createManualClock } from '../../../packages/core/src/index.ts';
import { createStartGate } from '../../../packages/runtime/src/supervisor/start-gate.ts';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function gateOf(atOnce: number) {
  const passed: string[] = [];
  const clock = createManualClock(0);
  const gate = createStartGate(atOnce, clock);
  const ask = (id: string, urgent = false): void => void gate.pass(id, urgent).then(() => passed.push(id));
  return { gate, passed, ask, clock };
}

describe('the gate that starting compartments pass', () => {
  it('lets so many through, and the next for each that has started', async () => {
    const { gate, passed, ask } = gateOf(2);
    for (const id of ['a', 'b', 'c', 'd']) ask(id);
    await settle();
    deepEqual(passed, ['a', 'b']);
    gate.done('b');
    gate.done('b');
    await settle();
    deepEqual(passed, ['a', 'b', 'c']);
    gate.done('nobody');
    await settle();
    equal(passed.length, 3);
  });

  it('lets what has ended through before what never ran', async () => {
    const { gate, passed, ask } = gateOf(1);
    for (const id of ['a', 'b', 'c']) ask(id);
    ask('crashed', true);
    await settle();
    for (const id of ['a', 'crashed', 'b']) {
      gate.done(id);
      await settle();
    }
    deepEqual(passed, ['a', 'crashed', 'b', 'c']);
  });

  it('forgets who waits and shall not start any more, and says so', async () => {
    const { gate, passed, ask } = gateOf(1);
    for (const id of ['a', 'b', 'c']) ask(id);
    equal(gate.forget('b'), true);
    equal(gate.forget('a'), false);
    gate.done('a');
    await settle();
    deepEqual(passed, ['a', 'c']);
  });

  it('is held up by one that does not come up for 10 s', async () => {
    const { passed, ask, clock } = gateOf(1);
    ask('a');
    ask('b');
    clock.advance(9_999);
    await settle();
    deepEqual(passed, ['a']);
    clock.advance(1);
    await settle();
    deepEqual(passed, ['a', 'b']);
  });
});
