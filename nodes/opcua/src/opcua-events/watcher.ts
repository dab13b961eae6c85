import type { Clock } from '@bulkhead/core';
import type { SourceView, Traffic } from '@bulkhead/node-kit';
import type { Link, Subscription } from '../opcua-connection/link.ts';
import { subscriberView } from '../opcua-read/subscriber-view.ts';
import { qualityOf } from '../protocol/status-code.ts';
import type { OpcuaEventsConfig } from './config.ts';
import { eventOf, kindOf, type UaEvent } from './event.ts';

export interface WatcherOptions {
  config: OpcuaEventsConfig;
  link: Pick<Link, 'watch' | 'subscribe' | 'state'>;
  clock: Clock;
  traffic: Traffic;
  /** `isRefresh`: it tells a state that began earlier. */
  emit(event: UaEvent, isRefresh: boolean): void;
  onChange(): void;
  report(problem: string): void;
}

export interface Watcher {
  start(): void;
  drain(): Promise<void>;
  stop(): Promise<void>;
  refresh(): Promise<void>;
  view(): SourceView;
}

/** Hands on the events of one notifier. After an outage the present state of all conditions is asked for. */
export function createWatcher(options: WatcherOptions): Watcher {
  const { config, link, clock, traffic } = options;
  let subscription: Subscription | undefined;
  let unwatch: (() => void) | undefined;
  let heardAt: number | undefined;
  let isRefresh = false;
  let refusal = 0;
  let isStopped = false;

  const happened = (event: UaEvent): void => {
    const kind = kindOf(event);
    if (kind === 'refresh-start') isRefresh = true;
    else if (kind === 'refresh-end') isRefresh = false;
    // The server lost events: what it still knows is asked for.
    else if (kind === 'refresh-required') subscription?.refresh().catch(() => undefined);
    else {
      traffic.received(1);
      options.emit(event, isRefresh);
    }
    options.onChange();
  };

  return {
    start() {
      subscription = link.subscribe(config.request, {
        items(states) {
          isRefresh = false;
          for (const { code } of states) {
            const isNews = qualityOf(code) === 'bad' && code !== refusal;
            refusal = qualityOf(code) === 'bad' ? code : 0;
            if (isNews)
              options.report(
                `the server gives no events of this node, or not of this type or with these fields: status 0x${code.toString(16)}`,
              );
          }
          options.onChange();
        },
        named: () => undefined,
        failed: (reason) => options.report(reason.message),
        notified: () => undefined,
        happened: (_handle, fields) => happened(eventOf(config.names, fields)),
        heard() {
          heardAt = clock.now();
        },
        missed: (count) => traffic.trouble('missed', count),
      });
      unwatch = link.watch(options.onChange);
    },
    async drain() {
      await subscription?.drain();
    },
    async stop() {
      isStopped = true;
      unwatch?.();
      await subscription?.close();
    },
    async refresh() {
      await subscription?.refresh();
    },
    view: () =>
      subscriberView({
        isStopped,
        state: link.state,
        now: clock.now(),
        traffic,
        badTags: refusal === 0 ? 0 : 1,
        tags: 1,
        heardAt,
      }),
  };
}
