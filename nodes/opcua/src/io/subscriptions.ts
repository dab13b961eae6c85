import { BulkheadError, type Clock, errorMessage, type Timer } from '@bulkhead/core';
import type { OpcuaConnectionConfig } from '../opcua-connection/config.ts';
import type { Subscription, SubscriptionListener, SubscriptionRequest } from '../opcua-connection/link.ts';
import type { LiveSession } from './live-session.ts';
import type { Publishing } from './publishing.ts';
import type { openServerSubscription, ServerSubscription } from './server-subscription.ts';

/** Where subscriptions are made. */
export interface Place {
  live(): LiveSession;
  publishing: Publishing;
  open: typeof openServerSubscription;
}

/** What is to be subscribed, over all sessions. */
export interface Subscriptions {
  add(request: SubscriptionRequest, listener: SubscriptionListener): Subscription;
  /** A new session: everything is made there. */
  attach(place: Place): void;
  /** The session goes on after an outage: what the server no longer has is made again. */
  resume(): void;
  /** The session is over. */
  detach(): void;
}

interface Wanted {
  request: SubscriptionRequest;
  listener: SubscriptionListener;
  served?: ServerSubscription | undefined;
  /** What the subscription at the server was last made to be. */
  applied?: SubscriptionRequest | undefined;
  isBusy: boolean;
  isClosed: boolean;
  timer?: Timer | undefined;
}

const retryMs = 5_000;
/** Nodes come with the program of a PLC, and that seldom. */
const refusedMs = 15_000;

export function createSubscriptions(
  config: Pick<OpcuaConnectionConfig, 'keepAliveMs' | 'sessionTimeoutMs'>,
  clock: Clock,
): Subscriptions {
  const all = new Set<Wanted>();
  let current: Place | undefined;

  const open = async (wanted: Wanted, place: Place): Promise<void> => {
    const { request } = wanted;
    const served = await place.open({
      live: place.live(),
      publishing: place.publishing,
      request,
      listener: wanted.listener,
      keepAliveMs: config.keepAliveMs,
      lifetimeMs: config.sessionTimeoutMs,
      onGone() {
        if (current !== place) return;
        wanted.served = undefined;
        void work(wanted);
      },
    });
    if (current === place && !wanted.isClosed) Object.assign(wanted, { served, applied: request });
    else if (wanted.isClosed) await served.end();
  };

  const failed = (wanted: Wanted, cause: unknown): void => {
    // Begun anew: of what was half done nobody knows what the server made of it.
    const { served } = wanted;
    wanted.served = undefined;
    void served?.end();
    const message = `the subscription could not be made: ${errorMessage(cause)}`;
    wanted.listener.failed(new BulkheadError('subscribe-failed', message, { retryable: true, cause }));
    later(wanted, retryMs, () => work(wanted));
  };

  const later = (wanted: Wanted, ms: number, act: () => Promise<void>): void => {
    wanted.timer?.cancel();
    wanted.timer = clock.setTimeout(() => void act(), ms);
  };

  /** Until the server has what is wanted; one step at a time. */
  const work = async (wanted: Wanted): Promise<void> => {
    const place = current;
    if (place === undefined || wanted.isClosed || wanted.isBusy) return;
    wanted.isBusy = true;
    try {
      while (current === place && !wanted.isClosed && (!wanted.served || wanted.applied !== wanted.request)) {
        const { served, request } = wanted;
        if (served === undefined) await open(wanted, place);
        else {
          await served.apply(request);
          wanted.applied = request;
        }
      }
      if (current === place) later(wanted, refusedMs, () => again(wanted));
    } catch (cause) {
      // Without a place any more, the outage was the reason, and has been said.
      if (current === place && !wanted.isClosed) failed(wanted, cause);
    } finally {
      wanted.isBusy = false;
      if (current !== place) void work(wanted);
    }
  };

  const again = async (wanted: Wanted): Promise<void> => {
    const { served } = wanted;
    if (served !== undefined && !wanted.isBusy && !wanted.isClosed) {
      wanted.isBusy = true;
      // What a lost connection interrupts is tried with the next session.
      await served.retry().catch(() => undefined);
      wanted.isBusy = false;
    }
    await work(wanted);
  };

  return {
    add(request, listener) {
      const wanted: Wanted = { request, listener, isBusy: false, isClosed: false };
      all.add(wanted);
      void work(wanted);
      const close = async (): Promise<void> => {
        wanted.isClosed = true;
        wanted.timer?.cancel();
        all.delete(wanted);
        await wanted.served?.end();
      };
      return {
        close,
        change(next) {
          wanted.request = next;
          void work(wanted);
        },
        async drain() {
          await wanted.served?.drain();
          await close();
        },
        async refresh() {
          if (wanted.served === undefined) throw new BulkheadError('not-connected', 'not subscribed at the moment');
          await wanted.served.refresh();
        },
        async read(handles) {
          if (wanted.served === undefined) throw new BulkheadError('not-connected', 'not subscribed at the moment');
          return await wanted.served.read(handles);
        },
      };
    },
    attach(place) {
      current = place;
      for (const wanted of all) void work(wanted);
    },
    resume() {
      for (const wanted of all) {
        void work(wanted);
        // What happened meanwhile may be more than the queue of the item holds.
        if (wanted.request.items.some(({ request }) => request.events !== undefined))
          wanted.served?.refresh().catch(() => undefined);
      }
    },
    detach() {
      current = undefined;
      for (const wanted of all) {
        wanted.served = undefined;
        wanted.timer?.cancel();
      }
    },
  };
}
