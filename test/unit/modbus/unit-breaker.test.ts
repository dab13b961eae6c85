import { deepEqual, equal } from 'node:assert/strict';
import { createManualClock } from '@bulkhead/core';
import { type Asked, createRequestQueue } from '../../../nodes/modbus/src/modbus-connection/request-queue.ts';
import { createUnitBreaker } from '../../../nodes/modbus/src/modbus-connection/unit-breaker.ts';
import type { Reply, Request } from '../../../nodes/modbus/src/protocol/request.ts';

const request: Request = { kind: 'read', area: 'holding', address: 0, count: 1 };

function bench({ lingerMs = 0 } = {}) {
  const clock = createManualClock(0);
  const log: string[] = [];
  const sent: Array<{ unit: number; reply: (reply: Reply) => void }> = [];
  const queue = createRequestQueue({
    clock,
    timeoutMs: 50,
    maxInFlight: 1,
    maxQueued: 100,
    lingerMs,
    breaker: createUnitBreaker({
      clock,
      random: () => 0,
      backOff: { firstMs: 100, factor: 2, maxMs: 400, jitter: 0 },
      opensAfter: 3,
    }),
    send: (unit, _request, reply) => sent.push({ unit, reply }) > 0,
    onTimeout: () => undefined,
  });
  return {
    clock,
    log,
    sent,
    ask: (unit: number, how: Asked = {}) =>
      queue.add(
        unit,
        request,
        {
          settled: (outcome) => log.push(`${unit} ${outcome.kind}`),
          late: () => log.push(`${unit} late`),
        },
        how,
      ),
  };
}

describe('A unit behind a gateway that does not answer', () => {
  it('takes no time from the others after three timeouts, and is asked again later and later', () => {
    const { clock, log, sent, ask } = bench();
    for (let time = 0; time < 3; time += 1) {
      ask(9);
      clock.advance(50);
    }
    deepEqual(log.splice(0), ['9 timeout', '9 timeout', '9 timeout']);
    ask(9);
    ask(1);
    deepEqual(log.splice(0), ['9 silent-unit']);
    equal(sent.at(-1)?.unit, 1);
    sent.at(-1)?.reply({ kind: 'values', values: [1] });
    deepEqual(log.splice(0), ['1 values']);
    const askedAt: number[] = [];
    for (let time = 0; time < 1_500; time += 10) {
      const before = sent.length;
      ask(9);
      if (sent.length > before) askedAt.push(clock.now() - 150);
      clock.advance(10);
    }
    deepEqual(askedAt, [100, 350, 800, 1_250]);
  });

  it('is one like the others again as soon as it answers, late or not', () => {
    const { clock, log, sent, ask } = bench();
    for (let time = 0; time < 3; time += 1) {
      ask(9);
      clock.advance(50);
    }
    sent.at(-1)?.reply({ kind: 'values', values: [1] });
    log.splice(0);
    ask(9);
    sent.at(-1)?.reply({ kind: 'exception', code: 2 });
    deepEqual(log, ['9 exception']);
  });
});

describe('A queue of requests', () => {
  it('sends urgent requests before all others, and none that waited too long', () => {
    const { clock, log, sent, ask } = bench();
    for (const unit of [1, 2]) ask(unit);
    ask(3, { isUrgent: true, sendBefore: 30 });
    ask(4, { isUrgent: true, sendBefore: 10 });
    clock.advance(20);
    while (sent.length < 3) sent.at(-1)?.reply({ kind: 'values', values: [1] });
    deepEqual(
      sent.map(({ unit }) => unit),
      [1, 3, 2],
    );
    deepEqual(log, ['1 values', '3 values', '4 expired']);
  });

  it('keeps a serial line for a request without an answer, so that a late one is not taken for the next', () => {
    const { clock, log, sent, ask } = bench({ lingerMs: 50 });
    ask(1);
    ask(2);
    clock.advance(50);
    deepEqual([log, sent.length], [['1 timeout'], 1]);
    sent[0]?.reply({ kind: 'values', values: [1] });
    deepEqual([log, sent.length], [['1 timeout', '1 late'], 2]);
    clock.advance(50);
    ask(3);
    equal(sent.length, 2);
    clock.advance(50);
    equal(sent.length, 3);
  });
});
