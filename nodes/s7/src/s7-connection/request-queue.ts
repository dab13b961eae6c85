import type { Clock, Timer } from '@bulkhead/core';
import type { Message, Request } from '../protocol/message.ts';

export type Outcome =
  | { kind: 'answer'; message: Message }
  /** It was sent; whether the PLC did what it asks for is not known. */
  | { kind: 'unanswered'; reason: 'timeout' | 'disconnected' }
  /** It was not sent and will not be. */
  | { kind: 'unsent'; reason: 'disconnected' | 'queue-full' | 'expired' };

export interface Asked {
  /** Before all that is not, for writes. */
  isUrgent?: boolean;
  /** Epoch milliseconds after which it must not be sent any more. */
  sendBefore?: number;
}

export interface RequestQueueOptions {
  clock: Clock;
  /** From sending to the answer. */
  timeoutMs: number;
  /** Waiting requests beyond this are refused at once (`queue-full`). */
  maxQueued: number;
  /** Requests that may be unanswered at a time; 0 while there is no connection. */
  parallel(): number;
  send(request: Request, onAnswer: (message: Message) => void): void;
  /** After the request has been settled. */
  onTimeout(): void;
}

interface Entry {
  request: Request;
  sendBefore: number;
  settle(outcome: Outcome): void;
  timer?: Timer;
}

export interface RequestQueue {
  add(request: Request, how: Asked, settle: (outcome: Outcome) => void): void;
  /** Sends what may be sent. */
  pump(): void;
  /** Settles everything, waiting or sent. */
  disconnect(): void;
}

export function createRequestQueue(options: RequestQueueOptions): RequestQueue {
  const { clock } = options;
  let urgent: Entry[] = [];
  let waiting: Entry[] = [];
  const sent = new Set<Entry>();

  const finish = (entry: Entry, outcome: Outcome): void => {
    entry.timer?.cancel();
    sent.delete(entry);
    entry.settle(outcome);
  };

  const put = (entry: Entry): void => {
    sent.add(entry);
    entry.timer = clock.setTimeout(() => {
      finish(entry, { kind: 'unanswered', reason: 'timeout' });
      options.onTimeout();
    }, options.timeoutMs);
    options.send(entry.request, (message) => {
      if (!sent.has(entry)) return;
      finish(entry, { kind: 'answer', message });
      pump();
    });
  };

  const pump = (): void => {
    while (sent.size < options.parallel()) {
      const entry = urgent.shift() ?? waiting.shift();
      if (entry === undefined) return;
      if (clock.now() > entry.sendBefore) entry.settle({ kind: 'unsent', reason: 'expired' });
      else put(entry);
    }
  };

  return {
    add(request, { isUrgent = false, sendBefore = Number.POSITIVE_INFINITY }, settle) {
      if (urgent.length + waiting.length >= options.maxQueued) {
        settle({ kind: 'unsent', reason: 'queue-full' });
        return;
      }
      (isUrgent ? urgent : waiting).push({ request, sendBefore, settle });
      pump();
    },
    pump,
    disconnect() {
      const [unanswered, unsent] = [[...sent], [...urgent, ...waiting]];
      urgent = [];
      waiting = [];
      for (const entry of unanswered) finish(entry, { kind: 'unanswered', reason: 'disconnected' });
      for (const entry of unsent) entry.settle({ kind: 'unsent', reason: 'disconnected' });
    },
  };
}
