import { deepEqual } from 'node:assert/strict';
import { createManualClock } from '@bulkhead/core';
import { createCycleTimes, createTraffic } from '@bulkhead/node-kit';
import { diagnose } from '../../../nodes/opcua/src/opcua-read/diagnostics.ts';

describe('Diagnostics of an opcua-read', () => {
  it('tells what was counted since the start, and the cycles since the last report', () => {
    const clock = createManualClock(10_000);
    const traffic = createTraffic(clock);
    const times = createCycleTimes();
    traffic.received(4);
    for (const [key, count] of Object.entries({ overflow: 1, missed: 2, overrun: 3, retry: 4 }))
      traffic.trouble(key, count);
    for (const ms of [10, 30]) times.add(ms);
    clock.advance(2_000);
    const subscriber = { tags: [], badTags: 5, subscribeMs: 70 };
    const about = { subscriber, state: { kind: 'connected' } as const, reconnects: 6, traffic, times };
    const first = diagnose(about);
    deepEqual(first, {
      connection: 'connected',
      reconnects: 6,
      tags: 0,
      badTags: 5,
      valuesPerSecond: 2,
      overflows: 1,
      missed: 2,
      subscribeMs: 70,
      cycles: 2,
      cycleMs: 20,
      cycleMaxMs: 30,
      overruns: 3,
      retries: 4,
      lastValueMs: 2_000,
    });
    deepEqual(diagnose(about), { ...first, cycles: 0, cycleMs: 0, cycleMaxMs: 0 });
  });
});
