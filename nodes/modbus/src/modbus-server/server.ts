import { type BackOffPolicy, type Clock, nextDelayMs, type Timer } from '@bulkhead/core';
import type { Listen, Listener, ListenerEvents } from './listen.ts';

/*
 * idle ──start──▶ starting ──listening──▶ listening
 *  ▲                 │  ▲                    │ the port is in use, the serial line is gone
 *  │ stop            ▼  │ delay over         ▼
 *  └──────────────  waiting  ◀───────────────┘
 */
export type ServerState =
  | { kind: 'idle' }
  | { kind: 'starting' }
  | { kind: 'listening' }
  | { kind: 'waiting'; retryAt: number; reason: Error };

export interface ServerOptions extends Pick<ListenerEvents, 'onRequest'> {
  listen: Listen;
  clock: Clock;
  random: () => number;
  backOff: BackOffPolicy;
  onState(state: ServerState): void;
}

export interface Server {
  start(): void;
  /** Resolves when the port is free again. Idempotent. */
  stop(): Promise<void>;
  readonly state: ServerState;
  readonly clients: number;
  readonly refused: number;
}

/** Keeps a listener up for ever between `start` and `stop`. */
export function createServer(options: ServerOptions): Server {
  const { clock } = options;
  let state: ServerState = { kind: 'idle' };
  let listener: Listener | undefined;
  let retry: Timer | undefined;
  let attempt = 0;

  const enter = (next: ServerState): void => {
    state = next;
    options.onState(next);
  };
  const listen = (): void => {
    enter({ kind: 'starting' });
    listener = options.listen({
      onRequest: options.onRequest,
      onClients: () => options.onState(state),
      onListening() {
        attempt = 0;
        enter({ kind: 'listening' });
      },
      onEnd(reason) {
        if (state.kind === 'idle') return;
        const delayMs = nextDelayMs(options.backOff, attempt, options.random);
        attempt += 1;
        retry = clock.setTimeout(listen, delayMs);
        enter({ kind: 'waiting', retryAt: clock.now() + delayMs, reason });
      },
    });
  };

  return {
    get state() {
      return state;
    },
    get clients() {
      return listener?.clients ?? 0;
    },
    get refused() {
      return listener?.refused ?? 0;
    },
    start() {
      if (state.kind === 'idle') listen();
    },
    async stop() {
      retry?.cancel();
      state = { kind: 'idle' };
      await listener?.close();
    },
  };
}
