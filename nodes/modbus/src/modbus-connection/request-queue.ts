import type { Clock, Timer } from '@bulkhead/core';
import type { ReadReply } from '../protocol/read-reply.ts';
import type { Span } from '../protocol/read-plan.ts';
import type { ReadListener } from './link.ts';

export type ReadOutcome = ReadReply | { kind: 'timeout' } | { kind: 'disconnected' } | { kind: 'queue-full' };

export interface RequestQueueOptions {
  clock: Clock;
  timeoutMs: number;
  maxInFlight: number;
  /** Waiting requests beyond this are refused at once (`queue-full`). */
  maxQueued: number;
  /** Puts a request on the wire; false when there is none at the moment. */
  send(unit: number, span: Span, onReply: (reply: ReadReply) => void): boolean;
  onTimeout(): void;
}

interface Request {
  unit: number;
  span: Span;
  listener: ReadListener;
  state: 'waiting' | 'sent' | 'timed-out' | 'settled';
  timer?: Timer | undefined;
}

export interface RequestQueue {
  add(unit: number, span: Span, listener: ReadListener): void;
  /** Sends what may be sent. */
  pump(): void;
  /** Settles everything, waiting or sent, as disconnected. */
  disconnect(): void;
}

/** First come, first served; at most `maxInFlight` requests are unanswered and not yet timed out. */
export function createRequestQueue(options: RequestQueueOptions): RequestQueue {
  let waiting: Request[] = [];
  const inFlight = new Set<Request>();

  const settle = (request: Request, outcome: ReadOutcome): void => {
    request.timer?.cancel();
    inFlight.delete(request);
    request.state = outcome.kind === 'timeout' ? 'timed-out' : 'settled';
    request.listener.settled(outcome);
  };

  const receive = (request: Request, reply: ReadReply): void => {
    if (request.state === 'timed-out') {
      request.state = 'settled';
      request.listener.late(reply);
    } else if (request.state === 'sent') {
      settle(request, reply);
      pump();
    }
  };

  const pump = (): void => {
    while (inFlight.size < options.maxInFlight) {
      const request = waiting[0];
      if (request === undefined) return;
      if (!options.send(request.unit, request.span, (reply) => receive(request, reply))) return;
      waiting.shift();
      request.state = 'sent';
      inFlight.add(request);
      request.timer = options.clock.setTimeout(() => {
        settle(request, { kind: 'timeout' });
        options.onTimeout();
        pump();
      }, options.timeoutMs);
    }
  };

  return {
    add(unit, span, listener) {
      const request: Request = { unit, span, listener, state: 'waiting' };
      if (waiting.length >= options.maxQueued) {
        settle(request, { kind: 'queue-full' });
        return;
      }
      waiting.push(request);
      pump();
    },
    pump,
    disconnect() {
      const all = [...inFlight, ...waiting];
      waiting = [];
      for (const request of all) settle(request, { kind: 'disconnected' });
    },
  };
}
