import { deepEqual, equal } from 'node:assert/strict';
import { createManualClock, type Sample } from '@bulkhead/core';
import {
  createPollReader,
  createSampleClock,
  createTraffic,
  type LinkState,
  type PollReader,
  type Traffic,
} from '@bulkhead/node-kit';
import type { RequestListener } from '../../../nodes/modbus/src/modbus-connection/request-queue.ts';
import { readModbusRead } from '../../../nodes/modbus/src/modbus-read/config.ts';
import type { Request } from '../../../nodes/modbus/src/protocol/request.ts';
import { createTagReader } from '../../../nodes/modbus/src/modbus-read/tag-reader.ts';

interface Bench {
  clock: ReturnType<typeof createManualClock>;
  reader: PollReader;
  traffic: Traffic;
  emitted: Sample[];
  reports: string[];
  asked: Array<{ address: number; listener: RequestListener }>;
  link(state: LinkState): void;
  /** Settles a request, and lets what waits for it go on. */
  answer(index: number, outcome: Parameters<RequestListener['settled']>[0]): Promise<void>;
}

function bench(addresses: readonly number[] = [0, 50]): Bench {
  const tags = addresses.map((address) => ({
    area: 'holding',
    address,
    type: 'uint16',
    topic: `umh.v1.x._raw.t${address}`,
  }));
  const read = readModbusRead({ pollMs: 100, tags });
  if (!read.ok) throw new Error(read.problem);
  const clock = createManualClock(10_000);
  const traffic = createTraffic(clock);
  const emitted: Sample[] = [];
  const reports: string[] = [];
  const asked: Bench['asked'] = [];
  const seen: { watcher?: (state: LinkState) => void; state: LinkState } = { state: { kind: 'idle' } };
  const { config } = read;
  const link = {
    get state() {
      return seen.state;
    },
    reconnects: 0,
    request: (_unit: number, request: Request, listener: RequestListener) =>
      void asked.push({ address: request.kind === 'read' ? request.address : -1, listener }),
    watch(watcher: (state: LinkState) => void) {
      seen.watcher = watcher;
      return () => undefined;
    },
  };
  const reader = createPollReader({
    ...config,
    link,
    readerOf: (tags, hooks) => createTagReader({ tags, unit: 1, limits: config.limits, link, hooks, now: clock.now }),
    clock,
    traffic,
    emit: (samples) => emitted.push(...samples),
    onChange: () => undefined,
    report: (problem) => reports.push(problem),
  });
  reader.start();
  return {
    clock,
    reader,
    traffic,
    emitted,
    reports,
    asked,
    link(state) {
      seen.state = state;
      seen.watcher?.(state);
    },
    async answer(index, outcome) {
      asked[index]?.listener.settled(outcome);
      await new Promise(setImmediate);
    },
  };
}

const values = (...numbers: number[]) => ({ kind: 'values', values: numbers }) as const;

describe('A Modbus reader', () => {
  it('asks at once when the link is up, then on the grid of the poll interval', async () => {
    const { clock, asked, link, answer } = bench([0]);
    equal(asked.length, 0);
    link({ kind: 'connected' });
    for (let cycle = 0; cycle < 3; cycle += 1) {
      equal(asked.length, cycle + 1);
      await answer(cycle, values(cycle));
      clock.advance(100);
    }
  });

  it('gives all samples of a cycle the time of its first answer', async () => {
    const { clock, emitted, link, answer } = bench();
    link({ kind: 'connected' });
    clock.advance(5);
    await answer(0, values(1));
    clock.advance(20);
    await answer(1, values(2));
    deepEqual(
      emitted.map(({ value, sourceTime }) => [value, sourceTime]),
      [
        [1, 10_005],
        [2, 10_005],
      ],
    );
  });

  it('counts an overrun instead of queueing a second cycle', async () => {
    const { clock, asked, traffic, link, answer } = bench([0]);
    link({ kind: 'connected' });
    clock.advance(350);
    equal(asked.length, 1);
    equal(traffic.total('overrun'), 3);
    await answer(0, values(1));
    clock.advance(50);
    equal(asked.length, 2);
  });

  it('makes only the tags of a failed block bad, with the reason', async () => {
    const { emitted, link, answer } = bench();
    link({ kind: 'connected' });
    await answer(0, { kind: 'exception', code: 2 });
    await answer(1, values(7));
    deepEqual(
      emitted.map(({ value, quality, code }) => [value, quality, code]),
      [
        [null, 'bad', 2],
        [7, 'good', undefined],
      ],
    );
  });

  it('reports a failing block once, until it was read again', async () => {
    const { clock, reports, link, answer } = bench([0]);
    link({ kind: 'connected' });
    const outcomes = [2, 2, 0, 2].map((code) => (code === 0 ? values(1) : ({ kind: 'exception', code } as const)));
    for (const [cycle, outcome] of outcomes.entries()) {
      await answer(cycle, outcome);
      clock.advance(100);
    }
    const problem = 'illegal data address (exception 2); bad are now umh.v1.x._raw.t0 (holding:0)';
    deepEqual(reports, [problem, problem]);
  });

  it('says stale once when the link is lost, not bad as well', async () => {
    const { clock, emitted, link, answer } = bench();
    link({ kind: 'connected' });
    await answer(0, values(1));
    await answer(1, values(2));
    emitted.length = 0;
    link({ kind: 'waiting', retryAt: 0, reason: new Error('cut') });
    link({ kind: 'connecting' });
    clock.advance(0);
    deepEqual(
      emitted.map(({ value, quality }) => [value, quality]),
      [
        [1, 'stale'],
        [2, 'stale'],
      ],
    );
  });

  it('says stale also when a part of the last cycle was answered before the link was lost', async () => {
    const { clock, asked, emitted, link, answer } = bench();
    link({ kind: 'connected' });
    await answer(0, values(1));
    asked[1]?.listener.settled({ kind: 'disconnected', isSent: true });
    link({ kind: 'waiting', retryAt: 0, reason: new Error('cut') });
    await new Promise(setImmediate);
    clock.advance(0);
    deepEqual(
      emitted.map(({ value, quality }) => [value, quality]),
      [
        [1, 'good'],
        [1, 'stale'],
        [null, 'stale'],
      ],
    );
  });

  it('says nothing of the sort when the connection is closed on purpose', async () => {
    const { clock, emitted, link, answer } = bench([0]);
    link({ kind: 'connected' });
    await answer(0, values(1));
    emitted.length = 0;
    link({ kind: 'idle' });
    clock.advance(0);
    deepEqual(emitted, []);
  });

  it('emits a late answer as samples of its own time and counts it', async () => {
    const { clock, asked, emitted, traffic, link, answer } = bench([0]);
    link({ kind: 'connected' });
    await answer(0, { kind: 'timeout' });
    clock.advance(30);
    asked[0]?.listener.late(values(9));
    await new Promise(setImmediate);
    deepEqual(
      emitted.map(({ value, quality, sourceTime }) => [value, quality, sourceTime]),
      [
        [null, 'bad', 10_000],
        [9, 'good', 10_030],
      ],
    );
    equal(traffic.total('late'), 1);
  });

  it('waits for the cycle under way when it is drained, then asks no more', async () => {
    const { clock, asked, emitted, reader, link, answer } = bench([0]);
    link({ kind: 'connected' });
    const drained = reader.drain();
    await answer(0, values(3));
    await drained;
    equal(emitted.length, 1);
    clock.advance(1_000);
    equal(asked.length, 1);
    equal(clock.pending(), 0);
  });
});

describe('Sample clock', () => {
  it('never gives the same millisecond twice, and follows a corrected clock', () => {
    let now = 5_000;
    const time = createSampleClock(() => now);
    deepEqual([time(), time(), time()], [5_000, 5_001, 5_002]);
    now = 5_010;
    equal(time(), 5_010);
    now = 1_000;
    equal(time(), 1_000);
  });
});
