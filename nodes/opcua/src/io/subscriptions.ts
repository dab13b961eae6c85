import { BulkheadError, type Clock, type Timer } from '@bulkhead/core';
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
  isOpening: boolean;
  isClosed: boolean;
  retry?: Timer | undefined;
}

const retryMs = 5_000;

export function createSubscriptions(config: OpcuaConnectionConfig, clock: Clock): Subscriptions {
  const all = new Set<Wanted>();
  let current: Place | undefined;

  const open = async (wanted: Wanted): Promise<void> => {
    const place = current;
    if (place === undefined || wanted.isClosed || wanted.isOpening || wanted.served !== undefined) return;
    wanted.isOpening = true;
    try {
      const served = await place.open({
        live: place.live(),
        publishing: place.publishing,
        request: wanted.request,
        listener: wanted.listener,
        keepAliveMs: config.keepAliveMs,
        lifetimeMs: config.sessionTimeoutMs,
        onGone() {
          if (current !== place) return;
          wanted.served = undefined;
          void open(wanted);
        },
      });
      if (current === place && !wanted.isClosed) wanted.served = served;
      else if (wanted.isClosed) await served.end();
    } catch (cause) {
      // Without a place any more, the outage was the reason, and has been said.
      if (current === place && !wanted.isClosed) {
        const why = cause instanceof Error ? cause.message : String(cause);
        const message = `the subscription could not be made: ${why}`;
        wanted.listener.failed(new BulkheadError('subscribe-failed', message, { retryable: true, cause }));
        wanted.retry = clock.setTimeout(() => void open(wanted), retryMs);
      }
    } finally {
      wanted.isOpening = false;
      if (current !== place) void open(wanted);
    }
  };

  return {
    add(request, listener) {
      const wanted: Wanted = { request, listener, isOpening: false, isClosed: false };
      all.add(wanted);
      void open(wanted);
      const close = async (): Promise<void> => {
        wanted.isClosed = true;
        wanted.retry?.cancel();
        all.delete(wanted);
        await wanted.served?.end();
      };
      return {
        close,
        async drain() {
          await wanted.served?.drain();
          await close();
        },
        async read(indices) {
          if (wanted.served === undefined) throw new BulkheadError('not-connected', 'not subscribed at the moment');
          return await wanted.served.read(indices);
        },
      };
    },
    attach(place) {
      current = place;
      for (const wanted of all) void open(wanted);
    },
    resume() {
      for (const wanted of all) void open(wanted);
    },
    detach() {
      current = undefined;
      for (const wanted of all) {
        wanted.served = undefined;
        wanted.retry?.cancel();
      }
    },
  };
}
