import type { Clock, Timer } from '@bulkhead/core';
import type { Reply, Request } from '../protocol/request.ts';
import type { RequestListener } from './link.ts';
import type { UnitBreaker } from './unit-breaker.ts';

/** `silent-unit`: the unit did not answer lately, and it is not yet time to ask it again. */
export type Outcome =
  | Reply
  | { kind: 'timeout' }
  | { kind: 'disconnected' }
  | { kind: 'queue-full' }
  | { kind: 'silent-unit' };

export interface RequestQueueOptions {
  clock: Clock;
  timeoutMs: number;
  maxInFlight: number;
  /** Waiting requests beyond this are refused at once (`queue-full`). */
  maxQueued: number;
  breaker: UnitBreaker;
  /** Puts a request on the wire; false when there is none at the moment. */
  send(unit: number, request: Request, onReply: (reply: Reply) => void): boolean;
  onTimeout(): void;
}

interface Entry {
  unit: number;
  request: Request;
  listener: RequestListener;
  state: 'waiting' | 'sent' | 'timed-out' | 'settled';
  timer?: Timer | undefined;
}

export interface RequestQueue {
  add(unit: number, request: Request, listener: RequestListener): void;
  /** Sends what may be sent. */
  pump(): void;
  /** Settles everything, waiting or sent, as disconnected. */
  disconnect(): void;
}

/**
 * First come, first served; at most `maxInFlight` requests are unanswered and not yet timed out.
 *
 * A unit behind a gateway that does not answer is asked only now and then: its requests are settled at once meanwhile,
 * so that they take no time from the others.
 */
export function createRequestQueue(options: RequestQueueOptions): RequestQueue {
  const { breaker } = options;
  let waiting: Entry[] = [];
  const inFlight = new Set<Entry>();

  const settle = (entry: Entry, outcome: Outcome): void => {
    entry.timer?.cancel();
    inFlight.delete(entry);
    entry.state = outcome.kind === 'timeout' ? 'timed-out' : 'settled';
    entry.listener.settled(outcome);
  };

  const receive = (entry: Entry, reply: Reply): void => {
    breaker.answered(entry.unit);
    if (entry.state === 'timed-out') {
      entry.state = 'settled';
      entry.listener.late(reply);
    } else if (entry.state === 'sent') {
      settle(entry, reply);
      pump();
    }
  };

  const pump = (): void => {
    while (inFlight.size < options.maxInFlight) {
      const entry = waiting[0];
      if (entry === undefined) return;
      if (!breaker.mayAsk(entry.unit)) {
        waiting.shift();
        settle(entry, { kind: 'silent-unit' });
        continue;
      }
      if (!options.send(entry.unit, entry.request, (reply) => receive(entry, reply))) return;
      waiting.shift();
      entry.state = 'sent';
      inFlight.add(entry);
      breaker.asked(entry.unit);
      entry.timer = options.clock.setTimeout(() => {
        breaker.timedOut(entry.unit);
        settle(entry, { kind: 'timeout' });
        options.onTimeout();
        pump();
      }, options.timeoutMs);
    }
  };

  return {
    add(unit, request, listener) {
      const entry: Entry = { unit, request, listener, state: 'waiting' };
      if (waiting.length >= options.maxQueued) {
        settle(entry, { kind: 'queue-full' });
        return;
      }
      waiting.push(entry);
      pump();
    },
    pump,
    disconnect() {
      breaker.reset();
      const all = [...inFlight, ...waiting];
      waiting = [];
      for (const entry of all) settle(entry, { kind: 'disconnected' });
    },
  };
}
