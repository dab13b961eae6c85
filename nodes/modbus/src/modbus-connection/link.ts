import { BulkheadError, type BackOffPolicy, type Clock, nextDelayMs, type Timer } from '@bulkhead/core';
import type { LinkState, WatchedLink } from '@bulkhead/node-kit';
import type { Request } from '../protocol/request.ts';
import { type Asked, createRequestQueue, type RequestListener } from './request-queue.ts';
import type { OpenTransport, Transport } from './transport.ts';
import { createUnitBreaker } from './unit-breaker.ts';

/*
 * idle ──start──▶ connecting ──open──▶ connected
 *  ▲                  │  ▲                 │ end, garbage, or `silentTimeouts` timeouts with not a byte between
 *  │ stop             ▼  │ delay over      ▼
 *  └───────────────  waiting  ◀────────────┘
 */
export interface LinkOptions {
  open: OpenTransport;
  clock: Clock;
  random: () => number;
  backOff: BackOffPolicy;
  timeoutMs: number;
  maxInFlight: number;
  maxQueued: number;
  /** On a serial line: how long a request without an answer keeps the line. */
  lingerMs?: number;
}

export interface Link extends WatchedLink {
  start(): void;
  /** Ends the connection and settles everything outstanding as disconnected. Idempotent. */
  stop(): void;
  request(unit: number, request: Request, listener: RequestListener, how?: Asked): void;
  /** Connections that were made anew after one was lost. */
  readonly reconnects: number;
  /** Requests that wait. */
  readonly queued: number;
}

/** Of a unit behind a gateway, before the others stop waiting for it. */
const unitTimeouts = 3;
/** A device that is only slow answers now and then; one that is gone does not. */
const silentTimeouts = 3;

/** One connection to a device, kept up for ever between `start` and `stop`, with a bounded queue of requests. */
export function createLink(options: LinkOptions): Link {
  const { clock } = options;
  const watchers = new Set<(state: LinkState) => void>();
  let state: LinkState = { kind: 'idle' };
  let transport: Transport | undefined;
  let retry: Timer | undefined;
  let attempt = 0;
  let opened = 0;
  /** Of the connection: what an earlier one still says is not heard. */
  let generation = 0;
  let timeoutsInSilence = 0;
  let lastTimeoutAt = 0;

  const enter = (next: LinkState): void => {
    state = next;
    for (const watcher of [...watchers]) watcher(next);
  };

  const lose = (reason: Error): void => {
    if (state.kind === 'idle' || state.kind === 'waiting') return;
    transport?.destroy();
    transport = undefined;
    const delayMs = nextDelayMs(options.backOff, attempt, options.random);
    attempt += 1;
    retry = clock.setTimeout(connect, delayMs);
    // State first: whoever is told that its read failed can then see that the link, not the device's answer, was why.
    enter({ kind: 'waiting', retryAt: clock.now() + delayMs, reason });
    queue.disconnect();
  };

  const connect = (): void => {
    retry = undefined;
    timeoutsInSilence = 0;
    enter({ kind: 'connecting' });
    generation += 1;
    const mine = generation;
    transport = options.open({
      onOpen() {
        if (mine !== generation || state.kind !== 'connecting') return;
        attempt = 0;
        opened += 1;
        enter({ kind: 'connected' });
        queue.pump();
      },
      onEnd(reason) {
        if (mine === generation) lose(reason);
      },
      onHeard() {
        timeoutsInSilence = 0;
      },
    });
  };

  const queue = createRequestQueue({
    clock,
    timeoutMs: options.timeoutMs,
    maxInFlight: options.maxInFlight,
    maxQueued: options.maxQueued,
    lingerMs: options.lingerMs ?? 0,
    breaker: createUnitBreaker({ clock, random: options.random, backOff: options.backOff, opensAfter: unitTimeouts }),
    send(unit, request, onReply) {
      if (state.kind !== 'connected' || transport === undefined) return false;
      transport.send(unit, request, onReply);
      return true;
    },
    onTimeout(sentAt) {
      // Requests that were under way together time out together: that is one silence, not many.
      if (timeoutsInSilence > 0 && sentAt < lastTimeoutAt) return;
      lastTimeoutAt = clock.now();
      timeoutsInSilence += 1;
      if (timeoutsInSilence >= silentTimeouts) {
        lose(
          new BulkheadError('silent', `no byte in ${silentTimeouts} × ${options.timeoutMs} ms`, { retryable: true }),
        );
      }
    },
  });

  return {
    get state() {
      return state;
    },
    start() {
      if (state.kind !== 'idle') return;
      attempt = 0;
      connect();
    },
    stop() {
      if (state.kind === 'idle') return;
      retry?.cancel();
      retry = undefined;
      transport?.destroy();
      transport = undefined;
      enter({ kind: 'idle' });
      queue.disconnect();
    },
    get reconnects() {
      return Math.max(0, opened - 1);
    },
    get queued() {
      return queue.length;
    },
    request(unit, request, listener, how = {}) {
      if (state.kind === 'connected') queue.add(unit, request, listener, how);
      else listener.settled({ kind: 'disconnected', isSent: false });
    },
    watch(onState) {
      watchers.add(onState);
      onState(state);
      return () => void watchers.delete(onState);
    },
  };
}
