import { deepEqual, equal } from 'node:assert/strict';
import { createManualClock } from '@bulkhead/core';
import { createRequestQueue, type Outcome } from '../../../nodes/s7/src/s7-connection/request-queue.ts';
import { job, type Message } from '../../../nodes/s7/src/protocol/message.ts';

const answer: Message = { reference: 1, error: 0, parameters: Buffer.alloc(0), data: Buffer.alloc(0) };
const request = (name: number) => job(Buffer.from([name]));

function bench({ parallel = 1, maxQueued = 3 } = {}) {
  const clock = createManualClock(1_000);
  const sent: { name: number | undefined; answer: () => void }[] = [];
  const outcomes: string[] = [];
  let allowed = parallel;
  let timeouts = 0;
  const queue = createRequestQueue({
    clock,
    timeoutMs: 100,
    maxQueued,
    parallel: () => allowed,
    send: ({ parameters }, onAnswer) => void sent.push({ name: parameters[0], answer: () => onAnswer(answer) }),
    onTimeout: () => {
      timeouts += 1;
    },
  });
  const add = (name: number, how: object = {}): void =>
    queue.add(request(name), how, (outcome: Outcome) => {
      outcomes.push(`${name} ${outcome.kind}${'reason' in outcome ? ` ${outcome.reason}` : ''}`);
    });
  return {
    clock,
    queue,
    sent,
    outcomes,
    add,
    names: () => sent.map(({ name }) => name),
    allow: (count: number) => {
      allowed = count;
    },
    timeouts: () => timeouts,
  };
}

describe('The queue of requests to an S7', () => {
  it('sends as many at a time as the PLC agreed to, in their order', () => {
    const { add, names, sent, outcomes } = bench({ parallel: 2 });
    for (const name of [1, 2, 3]) add(name);
    deepEqual(names(), [1, 2]);
    sent[1]?.answer();
    deepEqual(names(), [1, 2, 3]);
    deepEqual(outcomes, ['2 answer']);
  });

  it('sends what is urgent before all that waits', () => {
    const { add, names, sent } = bench();
    for (const name of [1, 2]) add(name);
    add(9, { isUrgent: true });
    sent[0]?.answer();
    deepEqual(names(), [1, 9]);
  });

  it('refuses what is beyond its bound, at once', () => {
    const { add, outcomes } = bench();
    for (const name of [1, 2, 3, 4, 5]) add(name);
    deepEqual(outcomes, ['5 unsent queue-full']);
  });

  it('does not send what waited beyond its deadline', () => {
    const { add, names, sent, outcomes, clock } = bench();
    add(1);
    add(2, { sendBefore: 1_050 });
    add(3, { sendBefore: 1_060 });
    clock.advance(55);
    sent[0]?.answer();
    deepEqual(names(), [1, 3]);
    deepEqual(outcomes, ['1 answer', '2 unsent expired']);
  });

  it('tells a request that was sent from one that was not, when the connection is lost', () => {
    const { add, queue, sent, outcomes } = bench();
    for (const name of [1, 2]) add(name);
    queue.disconnect();
    deepEqual(outcomes, ['1 unanswered disconnected', '2 unsent disconnected']);
    sent[0]?.answer();
    equal(outcomes.length, 2);
  });

  it('gives a request up after its time, and tells the connection', () => {
    const { add, clock, outcomes, timeouts, sent } = bench();
    add(1);
    clock.advance(100);
    deepEqual([outcomes, timeouts()], [['1 unanswered timeout'], 1]);
    sent[0]?.answer();
    equal(outcomes.length, 1);
  });

  it('keeps everything while there is no connection, and sends it when there is', () => {
    const { add, queue, names, allow } = bench({ parallel: 0 });
    for (const name of [1, 2]) add(name);
    deepEqual(names(), []);
    allow(1);
    queue.pump();
    deepEqual(names(), [1]);
  });
});
