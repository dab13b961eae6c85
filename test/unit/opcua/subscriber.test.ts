import { deepEqual, equal } from 'node:assert/strict';
import { createManualClock } from '@bulkhead/core';
import { createTraffic } from '@bulkhead/node-kit';
import type {
  LinkState,
  Subscription,
  SubscriptionListener,
  SubscriptionRequest,
} from '../../../nodes/opcua/src/opcua-connection/link.ts';
import { readOpcuaRead } from '../../../nodes/opcua/src/opcua-read/config.ts';
import type { Reading } from '../../../nodes/opcua/src/opcua-read/readings.ts';
import { createSubscriber, type Subscriber } from '../../../nodes/opcua/src/opcua-read/subscriber.ts';
import type { RawValue } from '../../../nodes/opcua/src/protocol/raw-value.ts';

const names = ['a', 'b'];
const topic = (name: string): string => `umh.v1.x._raw.${name}`;
const lost: LinkState = { kind: 'waiting', retryAt: 0, reason: new Error('cut') };
const number = (value: number, sourceTime: number, code = 0): RawValue => ({
  code,
  type: 'number',
  isArray: false,
  value,
  sourceTime,
});

interface Bench {
  clock: ReturnType<typeof createManualClock>;
  subscriber: Subscriber;
  listener: SubscriptionListener;
  emitted: Reading[];
  reports: string[];
  link(state: LinkState): void;
  /** What was wanted of the server, the last at the end. */
  requests: SubscriptionRequest[];
  /** What the server answers when it is read. */
  server: Map<number, RawValue>;
}

function bench(
  tags: object[] = names.map((name) => ({ nodeId: `ns=1;s=${name}`, topic: topic(name) })),
  more = {},
): Bench {
  const read = readOpcuaRead({ tags, ...more });
  if (!read.ok) throw new Error(read.problem);
  const requests: SubscriptionRequest[] = [];
  const clock = createManualClock(10_000);
  const emitted: Reading[] = [];
  const reports: string[] = [];
  const server = new Map<number, RawValue>();
  const seen: { listener?: SubscriptionListener; watcher?: (state: LinkState) => void; state: LinkState } = {
    state: { kind: 'idle' },
  };
  const subscription: Subscription = {
    drain: () => Promise.resolve(),
    refresh: () => Promise.resolve(),
    close: () => Promise.resolve(),
    change: (request) => void requests.push(request),
    read: (handles) => Promise.resolve(handles.map((handle) => server.get(handle) ?? number(0, 0, 0x8000_0000))),
  };
  const subscriber = createSubscriber({
    config: read.config,
    link: {
      get state() {
        return seen.state;
      },
      watch(watcher) {
        seen.watcher = watcher;
        return () => undefined;
      },
      subscribe(request, listener) {
        requests.push(request);
        seen.listener = listener;
        return subscription;
      },
    },
    clock,
    traffic: createTraffic(clock),
    emit: (samples) => emitted.push(...samples),
    onChange: () => undefined,
    report: (problem) => reports.push(problem),
  });
  subscriber.start();
  const { listener } = seen;
  if (listener === undefined) throw new Error('nothing was subscribed');
  return {
    clock,
    subscriber,
    listener,
    emitted,
    reports,
    requests,
    server,
    link(state) {
      seen.state = state;
      seen.watcher?.(state);
    },
  };
}

const short = (samples: readonly Reading[]) =>
  samples.map(({ topic, value, quality, sourceTime }) => [topic.at(-1), value, quality, sourceTime]);
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('Subscriber', () => {
  it('emits the values of a notification in their order', () => {
    const { listener, emitted, link } = bench();
    link({ kind: 'connected' });
    listener.notified([
      { handle: 0, value: number(1, 1) },
      { handle: 1, value: number(9, 2) },
      { handle: 0, value: number(2, 3) },
    ]);
    deepEqual(short(emitted), [
      ['a', 1, 'good', 1],
      ['b', 9, 'good', 2],
      ['a', 2, 'good', 3],
    ]);
  });

  it('says stale once per outage, with the last value and never with that of a bad tag', () => {
    const { listener, emitted, link } = bench();
    link({ kind: 'connected' });
    listener.notified([
      { handle: 0, value: number(1, 1) },
      { handle: 1, value: number(9, 2) },
      { handle: 1, value: number(0, 3, 0x8000_0000) },
    ]);
    emitted.length = 0;
    link(lost);
    link({ ...lost, retryAt: 5 });
    deepEqual(short(emitted), [
      ['a', 1, 'stale', 10_000],
      ['b', null, 'stale', 10_000],
    ]);
  });

  it('says nothing of the sort when the connection is closed on purpose', () => {
    const { listener, emitted, link } = bench();
    link({ kind: 'connected' });
    listener.notified([{ handle: 0, value: number(1, 1) }]);
    emitted.length = 0;
    link({ kind: 'idle' });
    deepEqual(emitted, []);
  });

  it('confirms what did not change during the outage, after the server gave all it had', async () => {
    const { clock, listener, emitted, link, server } = bench();
    link({ kind: 'connected' });
    listener.notified([
      { handle: 0, value: number(1, 1) },
      { handle: 1, value: number(9, 2) },
    ]);
    link(lost);
    emitted.length = 0;
    clock.advance(5_000);
    link({ kind: 'connected' });
    listener.notified([{ handle: 0, value: number(2, 12_000) }]);
    listener.heard(15_000, false);
    await settle();
    equal(emitted.length, 1);
    server.set(1, { ...number(9, 2), serverTime: 15_001 });
    listener.heard(15_000, true);
    await settle();
    deepEqual(short(emitted), [
      ['a', 2, 'good', 12_000],
      ['b', 9, 'good', 15_001],
    ]);
  });

  it('leaves to the subscription what has changed since', async () => {
    const { listener, emitted, link, server } = bench();
    link({ kind: 'connected' });
    listener.notified([{ handle: 0, value: number(1, 1) }]);
    link(lost);
    link({ kind: 'connected' });
    emitted.length = 0;
    server.set(0, number(7, 10_500));
    server.set(1, number(8, 10_600));
    listener.heard(10_700, true);
    await settle();
    deepEqual(emitted, []);
  });

  it('gives a refused tag as bad with the code of the server, and reports it', () => {
    const { listener, emitted, reports, link } = bench();
    link({ kind: 'connected' });
    listener.items([
      { handle: 0, code: 0 },
      { handle: 1, code: 0x8034_0000 },
    ]);
    deepEqual(
      emitted.map(({ value, quality, code }) => [value, quality, code]),
      [[null, 'bad', 0x8034_0000]],
    );
    deepEqual(reports, ['the tag ns=1;s=b (umh.v1.x._raw.b) is not monitored: status 0x80340000']);
  });

  it('never claims to receive while nothing came', () => {
    const { subscriber, listener, clock, link } = bench();
    equal(subscriber.view().kind, 'connecting');
    link({ kind: 'connected' });
    const empty = subscriber.view();
    equal(empty.kind === 'receiving' && empty.ageMs, undefined);
    listener.notified([{ handle: 0, value: number(1, 1) }]);
    clock.advance(60_000);
    const silent = subscriber.view();
    deepEqual(silent.kind === 'receiving' && [silent.ageMs, silent.isAlive], [60_000, false]);
    listener.heard(undefined, true);
    const alive = subscriber.view();
    equal(alive.kind === 'receiving' && alive.isAlive, true);
    link(lost);
    equal(subscriber.view().kind, 'retrying');
  });

  it('says stale only after the time that was set, and not at all when the server is back before', () => {
    const { clock, listener, emitted, link } = bench(undefined, { staleMs: 1_000 });
    link({ kind: 'connected' });
    listener.notified([{ handle: 0, value: number(1, 1) }]);
    emitted.length = 0;
    link(lost);
    clock.advance(999);
    link({ kind: 'connected' });
    clock.advance(5_000);
    deepEqual(emitted, []);
    link(lost);
    clock.advance(1_000);
    equal(emitted.length, 2);
  });

  it('says a value again after its heartbeat, as of the last sign of life, and nothing while the server is silent', () => {
    const { clock, listener, emitted, link } = bench([{ nodeId: 'ns=1;s=a', topic: topic('a'), heartbeatS: '10' }]);
    link({ kind: 'connected' });
    listener.notified([{ handle: 0, value: number(7, 9_000) }]);
    clock.advance(9_000);
    listener.heard(19_000, true);
    equal(emitted.length, 1);
    clock.advance(1_500);
    deepEqual(short(emitted).slice(1), [['a', 7, 'good', 19_000]]);
    clock.advance(30_000);
    equal(emitted.length, 2);
  });

  it('applies the deadband itself where the server does not, in engineering units', () => {
    const tags = [{ nodeId: 'ns=1;s=a', topic: topic('a'), deadband: '1', scale: '0.1' }];
    const { listener, emitted, link, requests } = bench(tags);
    deepEqual(requests[0]?.items[0]?.request.deadband, { kind: 'absolute', value: 10 });
    link({ kind: 'connected' });
    listener.items([{ handle: 0, code: 0, unfiltered: {} }]);
    for (const [at, value] of [10, 15, 25].entries()) listener.notified([{ handle: 0, value: number(value, at) }]);
    deepEqual(
      emitted.map(({ value }) => value),
      [1, 2.5],
    );
  });

  it('applies a deadband in percent by the range of the server', () => {
    const tags = [{ nodeId: 'ns=1;s=a', topic: topic('a'), deadband: '10%' }];
    const { listener, emitted, link } = bench(tags);
    link({ kind: 'connected' });
    listener.items([{ handle: 0, code: 0, unfiltered: { range: [0, 50] } }]);
    for (const [at, value] of [10, 14, 15].entries()) listener.notified([{ handle: 0, value: number(value, at) }]);
    deepEqual(
      emitted.map(({ value }) => value),
      [10, 15],
    );
  });

  it('leaves the items of other tags alone when tags are added and removed, and makes all anew after a pause', () => {
    const { subscriber, requests, listener, emitted, link } = bench();
    link({ kind: 'connected' });
    const handles = (): unknown => requests.at(-1)?.items.map(({ handle }) => handle);
    const [first] = subscriber.tags;
    if (first === undefined) throw new Error('no tag');
    subscriber.setTags([...subscriber.tags, { ...first, topic: topic('c') }]);
    deepEqual(handles(), [0, 1, 2]);
    subscriber.setTags(subscriber.tags.slice(1));
    deepEqual(handles(), [1, 2]);
    subscriber.pause();
    deepEqual(handles(), []);
    link(lost);
    deepEqual(emitted, []);
    link({ kind: 'connected' });
    subscriber.resume();
    deepEqual(handles(), [3, 4]);
    listener.notified([{ handle: 1, value: number(1, 1) }]);
    deepEqual(emitted, []);
  });
});
