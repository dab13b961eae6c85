import type { Clock, Timer } from '@bulkhead/core';
import type { Reply, Request } from '../protocol/request.ts';
import type { UnitBreaker } from './unit-breaker.ts';

/** What a request came to. Of what was `sent` without an answer nobody knows whether the device did it. */
export type Outcome =
  | Reply
  /** It was sent. */
  | { kind: 'timeout' }
  | { kind: 'disconnected'; isSent: boolean }
  /** It was not sent and will not be. */
  | { kind: 'queue-full' }
  | { kind: 'expired' }
  /** The unit did not answer lately, and it is not yet time to ask it again. */
  | { kind: 'silent-unit' };

export interface RequestListener {
  /** Called exactly once. */
  settled(outcome: Outcome): void;
  /** The answer to a request that had been settled as timed out. At most once, and never without that. */
  late(reply: Reply): void;
}

export interface Asked {
  /** Before all that is not, for writes. */
  isUrgent?: boolean;
  /** Epoch milliseconds after which it must not be sent any more. */
  sendBefore?: number;
}

export interface RequestQueueOptions {
  clock: Clock;
  timeoutMs: number;
  maxInFlight: number;
  /** Waiting requests beyond this are refused at once (`queue-full`). */
  maxQueued: number;
  /**
   * How long a request that timed out still keeps its place. On a serial line an answer says not whose it is: a late one
   * would be taken for the next request's.
   */
  lingerMs: number;
  breaker: UnitBreaker;
  /** Puts a request on the wire; false when there is none at the moment. */
  send(unit: number, request: Request, onReply: (reply: Reply) => void): boolean;
  /** A request that was sent then (epoch milliseconds) has timed out. */
  onTimeout(sentAt: number): void;
}

interface Entry {
  unit: number;
  request: Request;
  listener: RequestListener;
  sendBefore: number;
  state: 'waiting' | 'sent' | 'timed-out' | 'settled';
  sentAt: number;
  timer?: Timer | undefined;
}

export interface RequestQueue {
  add(unit: number, request: Request, listener: RequestListener, how: Asked): void;
  /** Sends what may be sent. */
  pump(): void;
  /** Settles everything, waiting or sent, as disconnected. */
  disconnect(): void;
  /** Requests that wait. */
  readonly length: number;
}

/**
 * First come, first served, urgent ones before all others; at most `maxInFlight` requests are unanswered and not yet
 * timed out.
 *
 * A unit behind a gateway that does not answer is asked only now and then: its requests are settled at once meanwhile,
 * so that they take no time from the others.
 */
export function createRequestQueue(options: RequestQueueOptions): RequestQueue {
  const { breaker, clock, lingerMs } = options;
  let urgent: Entry[] = [];
  let waiting: Entry[] = [];
  const inFlight = new Set<Entry>();

  const settle = (entry: Entry, outcome: Outcome): void => {
    entry.timer?.cancel();
    entry.state = outcome.kind === 'timeout' ? 'timed-out' : 'settled';
    entry.listener.settled(outcome);
  };
  const free = (entry: Entry): void => {
    entry.timer?.cancel();
    if (inFlight.delete(entry)) pump();
  };

  const receive = (entry: Entry, reply: Reply): void => {
    breaker.answered(entry.unit);
    if (entry.state === 'timed-out') {
      entry.state = 'settled';
      entry.listener.late(reply);
    } else if (entry.state === 'sent') settle(entry, reply);
    free(entry);
  };

  const expire = (entry: Entry): void => {
    breaker.timedOut(entry.unit, entry.sentAt);
    settle(entry, { kind: 'timeout' });
    entry.timer = clock.setTimeout(() => free(entry), lingerMs);
    options.onTimeout(entry.sentAt);
    if (lingerMs === 0) free(entry);
  };

  const pump = (): void => {
    while (inFlight.size < options.maxInFlight) {
      const queue = urgent.length > 0 ? urgent : waiting;
      const entry = queue[0];
      if (entry === undefined) return;
      const isLate = clock.now() > entry.sendBefore;
      if (isLate || !breaker.mayAsk(entry.unit)) {
        queue.shift();
        settle(entry, { kind: isLate ? 'expired' : 'silent-unit' });
        continue;
      }
      if (!options.send(entry.unit, entry.request, (reply) => receive(entry, reply))) return;
      queue.shift();
      entry.state = 'sent';
      entry.sentAt = clock.now();
      inFlight.add(entry);
      breaker.asked(entry.unit);
      entry.timer = clock.setTimeout(() => expire(entry), options.timeoutMs);
    }
  };

  return {
    get length() {
      return urgent.length + waiting.length;
    },
    add(unit, request, listener, { isUrgent = false, sendBefore = Number.POSITIVE_INFINITY }) {
      const entry: Entry = { unit, request, listener, sendBefore, state: 'waiting', sentAt: 0 };
      if (urgent.length + waiting.length >= options.maxQueued) {
        settle(entry, { kind: 'queue-full' });
        return;
      }
      (isUrgent ? urgent : waiting).push(entry);
      pump();
    },
    pump,
    disconnect() {
      breaker.reset();
      const [sent, unsent] = [[...inFlight], [...urgent, ...waiting]];
      inFlight.clear();
      urgent = [];
      waiting = [];
      for (const entry of sent) {
        entry.timer?.cancel();
        // One that lingers has been settled.
        if (entry.state === 'sent') settle(entry, { kind: 'disconnected', isSent: true });
      }
      for (const entry of unsent) settle(entry, { kind: 'disconnected', isSent: false });
    },
  };
}
