import type { Clock, Sample, Timer } from '@bulkhead/core';
import type { SourceView, Traffic } from '@bulkhead/node-kit';
import type { DataChange, Link, LinkState, Subscription } from '../opcua-connection/link.ts';
import { hasOverflow, qualityOf } from '../protocol/status-code.ts';
import type { OpcuaReadConfig } from './config.ts';
import { badSample, sampleOf } from './samples.ts';
import { createTagStates } from './tag-states.ts';

export interface SubscriberOptions {
  config: OpcuaReadConfig;
  link: Pick<Link, 'watch' | 'subscribe' | 'state'>;
  clock: Clock;
  traffic: Traffic;
  /** Takes the samples of one notification. */
  emit(samples: Sample[]): void;
  onChange(): void;
  /** A problem of single tags or of the subscription, once per outage. */
  report(problem: string): void;
}

export interface Subscriber {
  start(): void;
  /** Emits all that the server holds, then ends the subscription; given up after the deadline. Idempotent. */
  drain(deadlineMs: number): Promise<void>;
  stop(): Promise<void>;
  view(): SourceView;
}

/** Turns the notifications of one subscription into samples: all of them, in their order. */
export function createSubscriber(options: SubscriberOptions): Subscriber {
  const { config, link, clock, traffic } = options;
  const { tags } = config;
  const states = createTagStates(tags);
  let phase: 'idle' | 'running' | 'draining' | 'stopped' = 'idle';
  let isUp = false;
  let heardAt: number | undefined;
  /** The server's clock minus ours, in ms. */
  let serverAheadMs = 0;
  let mustRestate = false;
  let subscription: Subscription | undefined;
  let unwatch: (() => void) | undefined;

  const serverNow = (): number => clock.now() + serverAheadMs;

  const emit = (samples: Sample[]): void => {
    if (samples.length > 0) options.emit(samples);
    options.onChange();
  };

  const notified = (changes: readonly DataChange[]): void => {
    const now = clock.now();
    const samples: Sample[] = [];
    for (const { index, value } of changes) {
      const tag = tags[index];
      if (tag === undefined) continue;
      if (hasOverflow(value.code)) traffic.trouble('overflow');
      const sample = sampleOf(tag, value, now);
      states.keep(index, sample);
      samples.push(sample);
    }
    traffic.received(samples.length);
    emit(samples);
  };

  const created = (codes: readonly number[]): void => {
    const refused: Sample[] = [];
    for (const [index, tag] of tags.entries()) {
      const code = codes[index];
      if (code === undefined || qualityOf(code) !== 'bad') continue;
      const sample = badSample(tag, code, serverNow());
      states.keep(index, sample);
      refused.push(sample);
    }
    const [first] = refused;
    if (first === undefined) return;
    const which = `${refused.length} of ${tags.length} tags are not monitored`;
    const status = `0x${Number(first.code).toString(16)}`;
    options.report(`${which}, the first is ${first.address} (${first.topic}): status ${status}`);
    emit(refused);
  };

  /**
   * A server does not repeat what did not change during an outage, and its time lies before the stale sample. So the
   * tags that are still stale are read, and given with the time at which the server confirmed them.
   */
  const restate = async (): Promise<void> => {
    const indices = states.stale();
    if (subscription === undefined || indices.length === 0) return;
    const values = await subscription.read(indices);
    if (phase !== 'running' || !isUp) return;
    const samples = indices.flatMap((index, position) => {
      const raw = values[position];
      return (raw && states.confirm(index, raw, serverNow())) ?? [];
    });
    traffic.received(samples.length);
    emit(samples);
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

  const onLink = (state: LinkState): void => {
    const wasUp = isUp;
    isUp = state.kind === 'connected';
    // Idle is a stop that somebody wanted, a deploy for example: nothing is known to be stale for it.
    if (phase === 'running' && wasUp && !isUp && state.kind !== 'idle') emit(states.goStale(serverNow()));
    if (!wasUp && isUp) mustRestate = states.stale().length > 0;
    options.onChange();
  };

  return {
    start() {
      if (phase !== 'idle') return;
      phase = 'running';
      subscription = link.subscribe(
        { publishingMs: config.publishingMs, items: tags },
        {
          created,
          failed: (reason) => options.report(reason.message),
          notified,
          heard,
          missed: (count) => traffic.trouble('missed', count),
        },
      );
      unwatch = link.watch(onLink);
    },
    async drain(deadlineMs) {
      if (phase !== 'running') return;
      phase = 'draining';
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
      unwatch?.();
      await subscription?.close();
    },
    view() {
      if (phase === 'draining' || phase === 'stopped') return { kind: 'stopped' };
      const { state } = link;
      if (state.kind === 'waiting') return { kind: 'retrying', retryInMs: state.retryAt - clock.now() };
      if (state.kind !== 'connected') return { kind: 'connecting' };
      const ageMs = traffic.ageMs();
      const troubles = traffic.recentTroubles();
      if (states.badCount() > 0) troubles.unshift({ key: 'bad', count: states.badCount() });
      return {
        kind: 'receiving',
        tags: tags.length,
        perSecond: traffic.perSecond(),
        ...(ageMs === undefined ? {} : { ageMs }),
        isAlive: heardAt !== undefined && clock.now() - heardAt < 30_000,
        troubles,
      };
    },
  };
}
