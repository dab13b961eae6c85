import { deepEqual } from 'node:assert/strict';
import { createManualClock } from '@bulkhead/core';
import { createCycleTimes, createTraffic, diagnose } from '@bulkhead/node-kit';

const tags = [{ topic: 'umh.v1.a._raw.x', address: '0' }];

describe('What a reading node tells of itself', () => {
  it('is what went wrong since the start, and how long cycles took since the last report', () => {
    const clock = createManualClock(0);
    const traffic = createTraffic(clock);
    const times = createCycleTimes();
    const link = { state: { kind: 'connected' }, reconnects: 3 } as const;
    const report = () => diagnose({ times, tags }, link, traffic);
    for (const ms of [10, 21, 40]) times.add(ms);
    traffic.trouble('overrun', 2);
    traffic.trouble('overrun');
    traffic.trouble('retry', 5);
    clock.advance(2_000);
    traffic.received(100);
    clock.advance(2_000);
    const whole = { connection: 'connected', reconnects: 3, overruns: 3, retries: 5, tags: 1, valuesPerSecond: 25 };
    deepEqual(report(), { ...whole, cycles: 3, cycleMs: 24, cycleMaxMs: 40, lastValueMs: 2_000 });
    times.add(7);
    clock.advance(1_000);
    deepEqual(report(), { ...whole, cycles: 1, cycleMs: 7, cycleMaxMs: 7, lastValueMs: 3_000 });
  });

  it('is honest where there was no cycle and no value', () => {
    const traffic = createTraffic(createManualClock(0));
    const link = { state: { kind: 'connecting' }, reconnects: 0 } as const;
    const { cycles, cycleMs, lastValueMs, connection } = diagnose({ times: createCycleTimes(), tags }, link, traffic);
    deepEqual([cycles, cycleMs, lastValueMs, connection], [0, 0, -1, 'connecting']);
  });
});
