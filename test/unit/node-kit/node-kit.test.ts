import assert from 'node:assert/strict';
import { BulkheadError, createManualClock } from '@bulkhead/core';
import { configReader, connectionUsers, createStatus, onClose, onInput } from '@bulkhead/node-kit';
import { fakeNode } from './fake-node.ts';

const message = { _msgid: '1' };

describe('onInput', () => {
  it('declares three parameters, without which Node-RED completes the message itself', () => {
    const fake = fakeNode();
    onInput(fake.node, () => undefined);
    assert.equal(fake.inputArity(), 3);
  });

  it('is done when the handler returns or its promise is fulfilled', async () => {
    for (const handler of [() => undefined, async () => undefined]) {
      const fake = fakeNode();
      onInput(fake.node, handler);
      assert.equal(await fake.input(message), undefined);
    }
  });

  it('gives what the handler throws or rejects with to done, with own code and cause', async () => {
    class Inherited extends Error {
      get code(): string {
        return 'inherited';
      }
    }
    const failing: ReadonlyArray<[() => void | Promise<void>, string]> = [
      [
        () => {
          throw new BulkheadError('thrown', 'x', { cause: 'y' });
        },
        'thrown',
      ],
      [() => Promise.reject(new BulkheadError('rejected', 'x', { cause: 'y' })), 'rejected'],
      [() => Promise.reject(new Inherited('x', { cause: 'y' })), 'inherited'],
    ];
    for (const [handler, code] of failing) {
      const fake = fakeNode();
      onInput(fake.node, handler);
      const error = await fake.input(message);
      assert.ok(error instanceof Error);
      assert.ok(Object.hasOwn(error, 'code') && Object.hasOwn(error, 'cause'));
      assert.equal(Reflect.get(error, 'code'), code);
      assert.equal(error.cause, 'y');
    }
  });

  it('makes an error of anything else that is thrown', async () => {
    for (const thrown of ['text', null, undefined, { a: 1 }]) {
      const fake = fakeNode();
      onInput(fake.node, () => Promise.reject(thrown));
      assert.ok((await fake.input(message)) instanceof Error);
    }
  });
});

describe('onClose', () => {
  it('waits for the handler and tells it whether the node was removed', async () => {
    const fake = fakeNode();
    const seen: boolean[] = [];
    onClose(fake.node, async (removed) => void seen.push(removed));
    await fake.close(true);
    assert.deepEqual(seen, [true]);
  });

  it('ends at the deadline with a warning when the handler does not', async () => {
    const fake = fakeNode();
    onClose(fake.node, () => new Promise(() => undefined), 10);
    await fake.close();
    assert.deepEqual(fake.warnings, ['closing: not finished within 10 ms, left behind']);
  });

  it('ends with a warning when the handler fails', async () => {
    for (const handler of [
      () => Promise.reject(new Error('broken')),
      () => {
        throw new Error('broken');
      },
    ]) {
      const fake = fakeNode();
      onClose(fake.node, handler);
      await fake.close();
      assert.deepEqual(fake.warnings, ['closing: broken']);
    }
  });
});

describe('createStatus', () => {
  it('shows the first state at once, then at most one a second: the last', () => {
    const fake = fakeNode();
    const clock = createManualClock();
    const status = createStatus<number>(fake.node, (state) => ({ text: String(state) }), clock);
    for (const state of [1, 2, 3]) status.set(state);
    assert.deepEqual(fake.statuses, [{ text: '1' }]);
    clock.advance(999);
    status.set(4);
    assert.equal(fake.statuses.length, 1);
    clock.advance(1);
    assert.deepEqual(fake.statuses, [{ text: '1' }, { text: '4' }]);
    clock.advance(5_000);
    status.set(5);
    assert.deepEqual(fake.statuses.at(-1), { text: '5' });
  });

  it('does not repeat what is shown', () => {
    const fake = fakeNode();
    const clock = createManualClock();
    const status = createStatus<number>(fake.node, () => ({ text: 'same' }), clock);
    for (let second = 0; second < 5; second += 1) {
      status.set(second);
      clock.advance(1_000);
    }
    assert.equal(fake.statuses.length, 1);
  });

  it('is cleared when the node closes, and stays so', async () => {
    const fake = fakeNode();
    const clock = createManualClock();
    const status = createStatus<number>(fake.node, (state) => ({ text: String(state) }), clock);
    status.set(1);
    status.set(2);
    await fake.close();
    clock.advance(10_000);
    status.set(3);
    assert.deepEqual(fake.statuses, [{ text: '1' }, {}]);
    assert.equal(clock.pending(), 0);
  });
});

describe('connectionUsers', () => {
  it('connects with the first user and disconnects after the last, each user counted once', async () => {
    const calls: string[] = [];
    const config = fakeNode('config').node;
    const users = connectionUsers(config, {
      connect: () => void calls.push('connect'),
      disconnect: () => void calls.push('disconnect'),
    });
    const [first, second] = [fakeNode('first').node, fakeNode('second').node];
    users.add(first);
    users.add(second);
    assert.deepEqual(Reflect.get(config, 'users'), { first, second });
    await users.remove(first);
    await users.remove(first);
    assert.deepEqual(calls, ['connect']);
    await users.remove(second);
    assert.deepEqual(calls, ['connect', 'disconnect']);
  });
});

describe('configReader', () => {
  it('takes environment variables, which arrive as text', () => {
    const read = configReader({ port: '5432', verify: 'false', name: ' x ', id: 7 });
    assert.equal(read.number('port', 1, { min: 1, max: 65_535, whole: true }), 5_432);
    assert.equal(read.flag('verify', true), false);
    assert.equal(read.text('name', ''), 'x');
    assert.equal(read.text('id', ''), '7');
    assert.deepEqual(read.problems, []);
  });

  it('gives fallbacks for what is absent, without a problem', () => {
    for (const raw of [{}, null, undefined, 'text', { port: '', verify: null }]) {
      const read = configReader(raw);
      assert.equal(read.number('port', 1, { min: 1, max: 2 }), 1);
      assert.equal(read.flag('verify', true), true);
      assert.equal(read.choice('form', ['a', 'b'], 'b'), 'b');
      assert.deepEqual(read.problems, []);
    }
  });

  it('names each property that cannot be used', () => {
    const read = configReader({ port: '70000', count: 1.5, verify: 'yes', form: 'c', name: {} });
    read.number('port', 1, { min: 1, max: 65_535 });
    read.number('count', 1, { min: 1, max: 10, whole: true });
    read.flag('verify', true);
    read.choice('form', ['a', 'b'], 'b');
    read.text('name', '');
    assert.deepEqual(read.problems, [
      'port must be a number from 1 to 65535, not "70000"',
      'count must be a whole number from 1 to 10, not 1.5',
      'verify must be true or false, not "yes"',
      'form must be one of a, b, not "c"',
      'name must be text, not object',
    ]);
  });

  it('takes no property from the prototype of what it reads', () => {
    const read = configReader(Object.create({ name: 'inherited' }));
    assert.equal(read.text('name', 'own'), 'own');
  });
});
