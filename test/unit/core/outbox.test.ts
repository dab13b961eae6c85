import assert from 'node:assert/strict';
import {
  BulkheadError,
  createManualClock,
  createMemoryOutbox,
  createQuiet,
  createTicket,
  type WhenFull,
} from '@bulkhead/core';
import fc from 'fast-check';

describe('the outbox in memory', () => {
  const bounds = { samples: 3, bytes: 100, whenFull: 'drop-oldest' } as const;

  it('gives entries in the order they came and holds them until they are removed', () => {
    const outbox = createMemoryOutbox<string>(bounds);
    for (const entry of ['a', 'b', 'c']) assert.deepEqual(outbox.append(entry, 1), []);
    assert.equal(outbox.take(), 'a');
    assert.equal(outbox.take(), 'b');
    assert.deepEqual([outbox.queued, outbox.out], [3, 2]);
    outbox.remove('a');
    assert.deepEqual([outbox.queued, outbox.out], [2, 1]);
  });

  it('takes back what is out, before what waits', () => {
    const outbox = createMemoryOutbox<string>(bounds);
    for (const entry of ['a', 'b', 'c']) outbox.append(entry, 1);
    outbox.take();
    outbox.take();
    outbox.remove('a');
    outbox.takeBack();
    assert.deepEqual([outbox.take(), outbox.take(), outbox.take()], ['b', 'c', undefined]);
  });

  it('drops the oldest that waits, never one that is out', () => {
    const outbox = createMemoryOutbox<string>(bounds);
    for (const entry of ['a', 'b', 'c']) outbox.append(entry, 1);
    outbox.take();
    assert.deepEqual(outbox.append('d', 1), ['b']);
    outbox.take();
    outbox.take();
    assert.deepEqual(outbox.append('e', 1), ['e']);
  });

  it('drops the new one where that was chosen', () => {
    const outbox = createMemoryOutbox<string>({ ...bounds, whenFull: 'drop-newest' });
    for (const entry of ['a', 'b', 'c']) outbox.append(entry, 1);
    assert.deepEqual(outbox.append('d', 1), ['d']);
    assert.equal(outbox.take(), 'a');
  });

  it('is bounded by bytes, and gives up nothing for an entry that would never fit', () => {
    const outbox = createMemoryOutbox<string>(bounds);
    outbox.append('a', 60);
    assert.deepEqual(outbox.append('giant', 101), ['giant']);
    assert.deepEqual(outbox.append('b', 60), ['a']);
    assert.equal(outbox.queued, 1);
  });

  it('never holds more than its bounds and never loses count, whatever happens', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('append' as const), bytes: fc.integer({ min: 0, max: 120 }) }),
      fc.record({ kind: fc.constantFrom('take' as const, 'remove' as const, 'back' as const) }),
    );
    const policy = fc.constantFrom<WhenFull>('drop-oldest', 'drop-newest');
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), policy, (steps, whenFull) => {
        const outbox = createMemoryOutbox<{ bytes: number }>({ ...bounds, whenFull });
        const held = new Set<{ bytes: number }>();
        const out: Array<{ bytes: number }> = [];
        let accepted = 0;
        let gone = 0;
        for (const action of steps) {
          if (action.kind === 'append') {
            const entry = { bytes: action.bytes };
            accepted += 1;
            held.add(entry);
            for (const dropped of outbox.append(entry, entry.bytes)) {
              held.delete(dropped);
              gone += 1;
            }
          } else if (action.kind === 'take') {
            const entry = outbox.take();
            if (entry) out.push(entry);
          } else if (action.kind === 'remove') {
            const entry = out.shift();
            if (entry) {
              outbox.remove(entry);
              held.delete(entry);
              gone += 1;
            }
          } else {
            outbox.takeBack();
            out.length = 0;
          }
          assert.equal(outbox.queued, held.size);
          assert.equal(accepted, gone + outbox.queued);
          assert.ok(outbox.queued <= bounds.samples);
          assert.ok([...held].reduce((sum, { bytes }) => sum + bytes, 0) <= bounds.bytes);
        }
      }),
    );
  });
});

describe('the ticket of a message', () => {
  it('resolves when all samples are delivered, at once when there are none', async () => {
    await createTicket(0).settled;
    const ticket = createTicket(2);
    ticket.settle();
    ticket.settle();
    await ticket.settled;
  });

  it('rejects with the first problem, and says how many had one, when the last sample is settled', async () => {
    const ticket = createTicket(3);
    ticket.settle(new BulkheadError('first', 'the first problem'));
    ticket.settle();
    ticket.settle(new BulkheadError('second', 'the second problem'));
    await assert.rejects(ticket.settled, { code: 'first', message: '2 of 3 samples: the first problem' });
  });
});

describe('the quiet end of an output', () => {
  const settledBy = async (promise: Promise<void>): Promise<boolean> =>
    Promise.race([promise.then(() => true), new Promise<boolean>((resolve) => setImmediate(() => resolve(false)))]);

  it('comes when it is empty and nothing has come in for a while', async () => {
    const clock = createManualClock(1_000);
    let isEmpty = false;
    const quiet = createQuiet({ quietMs: 100, isEmpty: () => isEmpty, clock });
    const ended = quiet.wait(10_000);
    clock.advance(500);
    assert.equal(await settledBy(ended), false);
    quiet.touched();
    isEmpty = true;
    quiet.changed();
    clock.advance(99);
    assert.equal(await settledBy(ended), false);
    clock.advance(1);
    assert.equal(await settledBy(ended), true);
    assert.equal(clock.pending(), 0);
  });

  it('comes at the deadline at the latest', async () => {
    const clock = createManualClock();
    const quiet = createQuiet({ quietMs: 100, isEmpty: () => false, clock });
    const ended = quiet.wait(2_000);
    clock.advance(1_999);
    assert.equal(await settledBy(ended), false);
    clock.advance(1);
    assert.equal(await settledBy(ended), true);
  });
});
