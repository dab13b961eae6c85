import { BulkheadError, type BackOffPolicy, type Clock, nextDelayMs, type Timer } from '@bulkhead/core';
import type { Agreement, Request } from '../protocol/message.ts';
import { type Asked, createRequestQueue, type Outcome } from './request-queue.ts';
import type { OpenTransport, Transport } from './transport.ts';

/*
 * idle ──start──▶ connecting ──open──▶ connected
 *  ▲                  │  ▲                 │ end, garbage, or a request without an answer in time
 *  │ stop             ▼  │ delay over      ▼
 *  └───────────────  waiting  ◀────────────┘
 */
export type LinkState =
  | { kind: 'idle' }
  | { kind: 'connecting' }
  | { kind: 'connected'; agreement: Agreement }
  | { kind: 'waiting'; retryAt: number; reason: Error };

export interface LinkOptions {
  open: OpenTransport;
  clock: Clock;
  random: () => number;
  backOff: BackOffPolicy;
  timeoutMs: number;
  maxQueued: number;
}

export interface Link {
  start(): void;
  /** Ends the connection and settles everything outstanding. Idempotent. */
  stop(): void;
  /** Never rejects. Requests go out in their order, urgent ones before all others. */
  ask(request: Request, how?: Asked): Promise<Outcome>;
  readonly state: LinkState;
  /** Connections that were made anew after one was lost. */
  readonly reconnects: number;
  /** Calls back at once with the present state, then on every change, until the returned function is called. */
  watch(onState: (state: LinkState) => void): () => void;
}

/** One connection to a PLC, kept up for ever between `start` and `stop`, with a bounded queue of requests. */
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
    // State first: whoever is told that its request failed can then see that the link was why.
    enter({ kind: 'waiting', retryAt: clock.now() + delayMs, reason });
    queue.disconnect();
  };

  const connect = (): void => {
    retry = undefined;
    enter({ kind: 'connecting' });
    generation += 1;
    const mine = generation;
    transport = options.open({
      onOpen(agreement) {
        if (mine !== generation || state.kind !== 'connecting') return;
        attempt = 0;
        opened += 1;
        enter({ kind: 'connected', agreement });
        queue.pump();
      },
      onEnd(reason) {
        if (mine === generation) lose(reason);
      },
    });
  };

  const queue = createRequestQueue({
    clock,
    timeoutMs: options.timeoutMs,
    maxQueued: options.maxQueued,
    parallel: () => (state.kind === 'connected' ? state.agreement.parallel : 0),
    send: (request, onAnswer) => transport?.send(request, onAnswer),
    onTimeout() {
      lose(new BulkheadError('silent', `no answer within ${options.timeoutMs} ms`, { retryable: true }));
    },
  });

  return {
    get state() {
      return state;
    },
    get reconnects() {
      return Math.max(0, opened - 1);
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
      generation += 1;
      transport?.destroy();
      transport = undefined;
      enter({ kind: 'idle' });
      queue.disconnect();
    },
    ask(request, how = {}) {
      if (state.kind !== 'connected') return Promise.resolve({ kind: 'unsent', reason: 'disconnected' });
      return new Promise((settle) => queue.add(request, how, settle));
    },
    watch(onState) {
      watchers.add(onState);
      onState(state);
      return () => void watchers.delete(onState);
    },
  };
}
