import type { Clock, Timer } from '@bulkhead/core';
import type { SourceView, Traffic } from '@bulkhead/node-kit';
import type { DataChange, ItemState, Link, LinkState, Subscription } from '../opcua-connection/link.ts';
import { hasOverflow, qualityOf } from '../protocol/status-code.ts';
import type { OpcuaReadConfig, OpcuaTag } from './config.ts';
import { createOwnFilters, ownThreshold } from './own-filters.ts';
import type { Reading } from './readings.ts';
import { subscriberView } from './subscriber-view.ts';
import { createTagList } from './tag-list.ts';
import { refusalText, withoutRangeText } from './tag-problems.ts';
import { confirm, goStale, type TagState, takeRefusal, takeValue } from './tag-states.ts';

export interface SubscriberOptions {
  config: Pick<OpcuaReadConfig, 'publishingMs' | 'staleMs' | 'tags'>;
  link: Pick<Link, 'watch' | 'subscribe' | 'state'>;
  clock: Clock;
  traffic: Traffic;
  /** Takes the readings of one notification. */
  emit(readings: Reading[]): void;
  onChange(): void;
  /** A problem of single tags or of the subscription, once per outage. */
  report(problem: string): void;
}

export interface Subscriber {
  start(): void;
  /** Emits all that the server holds, then ends the subscription; given up after the deadline. Idempotent. */
  drain(deadlineMs: number): Promise<void>;
  stop(): Promise<void>;
  /** The server sends nothing, and is asked for nothing, until `resume`. */
  pause(): void;
  resume(): void;
  /** Rejects when the server cannot be asked. */
  readNow(): Promise<void>;
  /** How often the server sends what has changed. */
  setRate(publishingMs: number): void;
  setTags(tags: readonly OpcuaTag[]): void;
  readonly tags: readonly OpcuaTag[];
  readonly badTags: number;
  /** Milliseconds from the last start of a subscription to its last item. */
  readonly subscribeMs: number | undefined;
  view(): SourceView;
}

/** How often it is looked which heartbeats are due. */
const heartbeatTickMs = 500;

/** Turns the notifications of one subscription into readings: all of them, in their order. */
export function createSubscriber(options: SubscriberOptions): Subscriber {
  const { config, link, clock, traffic } = options;
  const list = createTagList(config.tags);
  const filters = createOwnFilters();
  let { publishingMs } = config;
  let phase: 'idle' | 'running' | 'draining' | 'stopped' = 'idle';
  let isPaused = false;
  let isUp = false;
  let heardAt: number | undefined;
  /** The server's clock minus ours, in ms. */
  let serverAheadMs = 0;
  let mustRestate = false;
  let subscription: Subscription | undefined;
  let askedAt = 0;
  let subscribeMs: number | undefined;
  let unwatch: (() => void) | undefined;
  let stale: Timer | undefined;
  let beat: Timer | undefined;

  const serverNow = (): number => clock.now() + serverAheadMs;
  const request = () => ({ publishingMs, items: isPaused ? [] : list.items() });

  const say = (problem: string | undefined): void => {
    if (problem !== undefined) options.report(problem);
  };
  const emit = (readings: Reading[]): void => {
    if (readings.length > 0) options.emit(readings);
    options.onChange();
  };
  /** Sends what its own deadband lets through. */
  const pass = (
    into: Reading[],
    handle: number,
    state: TagState,
    readings: readonly Reading[],
    now = clock.now(),
  ): void => {
    const kept = filters.keep(handle, readings);
    if (kept.length === 0) return;
    list.noteSent(state, now);
    for (const reading of kept) into.push(reading);
  };

  const notified = (changes: readonly DataChange[]): void => {
    const now = clock.now();
    const readings: Reading[] = [];
    for (const { handle, value } of changes) {
      const state = list.state(handle);
      if (state === undefined) continue;
      if (hasOverflow(value.code)) traffic.trouble('overflow');
      pass(readings, handle, state, takeValue(state, value, now), now);
    }
    traffic.received(changes.length);
    emit(readings);
  };

  const refused = (states: readonly ItemState[]): void => {
    const readings: Reading[] = [];
    const news: Reading[] = [];
    for (const { handle, code } of states) {
      const state = list.state(handle);
      if (state === undefined || qualityOf(code) !== 'bad') continue;
      const isNews = list.refuse(handle, code);
      if (!isNews && state.staleSince === undefined) continue;
      const own = takeRefusal(state, code, serverNow());
      if (isNews) news.push(...own.slice(0, 1));
      pass(readings, handle, state, own);
    }
    say(refusalText(news, list.tags.length));
    emit(readings);
  };

  const adopt = (states: readonly ItemState[]): void => {
    subscribeMs = clock.now() - askedAt;
    const withoutRange: string[] = [];
    for (const { handle, code, unfiltered } of states) {
      const state = list.state(handle);
      if (state === undefined || qualityOf(code) === 'bad') continue;
      list.accept(handle);
      const threshold = unfiltered === undefined ? undefined : ownThreshold(state.tag, unfiltered);
      if (threshold !== undefined) filters.set(handle, threshold);
      else if (unfiltered !== undefined) withoutRange.push(state.tag.topic);
    }
    say(withoutRangeText(withoutRange));
    refused(states);
  };

  /**
   * A server does not repeat what did not change during an outage, and its time lies before the stale reading. So the
   * tags that are still stale are read, and given with the time at which the server confirmed them.
   */
  const restate = async (): Promise<void> => {
    const handles = list.stale();
    if (subscription === undefined || handles.length === 0) return;
    const values = await subscription.read(handles);
    if (phase !== 'running' || !isUp) return;
    const readings: Reading[] = [];
    for (const [position, handle] of handles.entries()) {
      const [state, raw] = [list.state(handle), values[position]];
      if (state !== undefined && raw !== undefined) pass(readings, handle, state, confirm(state, raw, serverNow()));
    }
    traffic.received(readings.length);
    emit(readings);
  };

  const heard = (serverTime: number | undefined, isEmpty: boolean): void => {
    heardAt = clock.now();
    if (serverTime !== undefined) serverAheadMs = serverTime - heardAt;
    if (!mustRestate || !isEmpty) return;
    mustRestate = false;
    restate().catch(() => {
      // The link went down again: the next `heard` tries it once more.
      mustRestate = true;
    });
  };

  const sayStale = (): void => {
    stale = undefined;
    const readings: Reading[] = [];
    for (const [handle, state] of list.all()) pass(readings, handle, state, goStale(state, serverNow()));
    emit(readings);
  };

  const onLink = (state: LinkState): void => {
    const wasUp = isUp;
    isUp = state.kind === 'connected';
    // Idle is a stop that somebody wanted, a deploy for example: nothing is known to be stale for it.
    if (phase === 'running' && !isPaused && wasUp && !isUp && state.kind !== 'idle') {
      if (config.staleMs === 0) sayStale();
      else stale ??= clock.setTimeout(sayStale, config.staleMs);
    }
    if (!wasUp && isUp) {
      clock.clearTimeout(stale);
      stale = undefined;
      askedAt = clock.now();
      mustRestate = list.stale().length > 0;
    }
    options.onChange();
  };

  /**
   * A value that did not change says so from time to time, with the server's clock: it was heard since, and would have
   * sent another one.
   */
  const onBeat = (): void => {
    beat = clock.setTimeout(onBeat, heartbeatTickMs);
    if (!isUp || isPaused || heardAt === undefined) return;
    const readings: Reading[] = [];
    const now = clock.now();
    const heardTime = heardAt + serverAheadMs;
    for (const state of list.dueHeartbeats(now)) {
      if (state.staleSince !== undefined || state.last.some(({ sourceTime }) => sourceTime >= heardTime)) continue;
      state.last = state.last.map((reading) => ({ ...reading, sourceTime: heardTime }));
      list.noteSent(state, now);
      readings.push(...state.last);
    }
    if (readings.length > 0) emit(readings);
  };

  const change = (): void => {
    askedAt = clock.now();
    subscription?.change(request());
    options.onChange();
  };

  return {
    get tags() {
      return list.tags;
    },
    get badTags() {
      return list.badCount();
    },
    get subscribeMs() {
      return subscribeMs;
    },
    start() {
      if (phase !== 'idle') return;
      phase = 'running';
      const missed = (count: number): void => traffic.trouble('missed', count);
      const failed = (reason: Error): void => options.report(reason.message);
      subscription = link.subscribe(request(), {
        items: adopt,
        named: list.name,
        failed,
        notified,
        heard,
        missed,
        retried: () => traffic.trouble('retry'),
      });
      unwatch = link.watch(onLink);
      onBeat();
    },
    async drain(deadlineMs) {
      if (phase !== 'running') return;
      phase = 'draining';
      clock.clearTimeout(stale);
      clock.clearTimeout(beat);
      options.onChange();
      if (isUp && subscription !== undefined) {
        let timer: Timer | undefined;
        const deadline = new Promise<void>((resolve) => {
          timer = clock.setTimeout(resolve, deadlineMs);
        });
        await Promise.race([subscription.drain(), deadline]).finally(() => clock.clearTimeout(timer));
      }
      phase = 'stopped';
    },
    async stop() {
      phase = 'stopped';
      clock.clearTimeout(stale);
      clock.clearTimeout(beat);
      unwatch?.();
      await subscription?.close();
    },
    pause() {
      if (isPaused) return;
      isPaused = true;
      clock.clearTimeout(stale);
      stale = undefined;
      change();
    },
    resume() {
      if (!isPaused) return;
      isPaused = false;
      // With handles of their own: what was on its way for the old ones is not taken for an answer to the new ones.
      list.renew();
      change();
    },
    async readNow() {
      if (subscription === undefined || phase !== 'running') return;
      const handles = [...list.all()].map(([handle]) => handle);
      const values = await subscription.read(handles);
      notified(handles.flatMap((handle, at) => (values[at] === undefined ? [] : [{ handle, value: values[at] }])));
    },
    setRate(ms) {
      publishingMs = ms;
      change();
    },
    setTags(tags) {
      for (const handle of list.set(tags)) filters.forget(handle);
      change();
    },
    view: () =>
      subscriberView({
        isStopped: phase === 'draining' || phase === 'stopped' || isPaused,
        state: link.state,
        now: clock.now(),
        traffic,
        badTags: list.badCount(),
        tags: list.tags.length,
        heardAt,
      }),
  };
}
