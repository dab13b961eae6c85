import { type NotificationMessage, PublishRequest, RepublishRequest, type PublishResponse } from 'node-opcua-client';
import type { RawSession } from './raw-session.ts';

/** What is needed of a session. */
export type PublishServices = Pick<RawSession, 'publish' | 'republish'>;

/** Whoever takes the notifications of one subscription. */
export interface PublishSink {
  /**
   * Called in the order of sending; a notification is acknowledged after it was taken. Whoever has to find something out
   * first gives a promise, which never rejects: until then nothing further is taken, and the server keeps what it has.
   */
  take(message: NotificationMessage, hasMore: boolean): void | Promise<void>;
  /** Notifications that were skipped in the server's numbering and can no longer be had. */
  missed(count: number): void;
  /** The server no longer knows the subscription. */
  gone(): void;
}

interface Entry {
  sink: PublishSink;
  /** Number of the last notification that was taken; undefined before the first. */
  lastNumber: number | undefined;
}

export interface Publishing {
  add(subscriptionId: number, sink: PublishSink): void;
  remove(subscriptionId: number): void;
  /** After the session was repaired: fetches what was sent into the void, then goes on. */
  recover(): Promise<void>;
  /** No further requests; what still comes is ignored. */
  stop(): void;
}

/** Requests kept at the server beyond one for each subscription, so that the round trip does not delay notifications. */
const spareRequests = 2;
const retryMs = 500;
const LAST_NUMBER = 0xffff_ffff;

/** Numbers run from 1 to 2³² − 1 and start over (OPC 10000-4, clause 5.14.1.1). */
function numberAfter(number: number): number {
  return number === LAST_NUMBER ? 1 : number + 1;
}

function isFault(error: Error, name: string): boolean {
  return error.message.includes(name);
}

/**
 * The publish loop of one session. The library's own takes the number in a keep-alive for one that was received
 * (it announces the next one), and so never asks again for a notification that was lost right after a keep-alive.
 */
export function createPublishing(session: PublishServices, keepAliveMs: number): Publishing {
  const entries = new Map<number, Entry>();
  let acknowledgements: Array<{ subscriptionId: number; sequenceNumber: number }> = [];
  let outstanding = 0;
  let most = Number.POSITIVE_INFINITY;
  let state: 'running' | 'paused' | 'recovering' | 'stopped' = 'running';
  let retry: NodeJS.Timeout | undefined;
  let holding: Promise<void> | undefined;
  /** What came while one was held: at most as many as requests are outstanding. */
  const held: PublishResponse[] = [];

  const take = (entry: Entry, message: NotificationMessage, hasMore: boolean): void | Promise<void> => {
    const isKeepAlive = (message.notificationData ?? []).length === 0;
    const number = message.sequenceNumber;
    if (!isKeepAlive) {
      if (entry.lastNumber === number) return undefined;
      if (entry.lastNumber !== undefined && number !== numberAfter(entry.lastNumber)) {
        const skipped = number - numberAfter(entry.lastNumber);
        entry.sink.missed(skipped > 0 ? skipped : 1);
      }
      entry.lastNumber = number;
    }
    return entry.sink.take(message, hasMore);
  };

  const received = (response: PublishResponse): void => {
    if (holding !== undefined) {
      held.push(response);
      return;
    }
    const { subscriptionId, notificationMessage } = response;
    const entry = entries.get(subscriptionId);
    if (entry === undefined) return;
    const taken = take(entry, notificationMessage, response.moreNotifications);
    if ((notificationMessage.notificationData ?? []).length > 0) {
      acknowledgements.push({ subscriptionId, sequenceNumber: notificationMessage.sequenceNumber });
    }
    if (taken !== undefined) holding = taken.then(release);
  };

  const release = (): void => {
    holding = undefined;
    for (let next = held.shift(); next !== undefined; next = held.shift()) {
      received(next);
      if (holding !== undefined) return;
    }
    pump();
  };

  /** The library answers at once, from within the call, when there is no connection: nothing is sent until later. */
  const pause = (): void => {
    if (state !== 'running') return;
    state = 'paused';
    retry = setTimeout(() => {
      if (state !== 'paused') return;
      state = 'running';
      pump();
    }, retryMs);
  };

  const failed = (error: Error): void => {
    if (isFault(error, 'BadTooManyPublishRequests')) most = Math.max(1, outstanding);
    else if (isFault(error, 'BadNoSubscription')) {
      const lost = [...entries.values()];
      entries.clear();
      for (const { sink } of lost) sink.gone();
    } else if (!isFault(error, 'BadTimeout')) {
      // The connection is gone: `recover` goes on. Should the session never notice, it is tried again.
      pause();
      return;
    }
    pump();
  };

  const pump = (): void => {
    while (
      state === 'running' &&
      holding === undefined &&
      entries.size > 0 &&
      outstanding < Math.min(most, entries.size + spareRequests)
    ) {
      outstanding += 1;
      const subscriptionAcknowledgements = acknowledgements;
      acknowledgements = [];
      // Each request waits for all before it, each of which may wait for a keep-alive.
      const timeoutHint = keepAliveMs * 3 * (outstanding + 1) + 30_000;
      const request = new PublishRequest({ requestHeader: { timeoutHint }, subscriptionAcknowledgements });
      session.publish(request, (error, response) => {
        outstanding -= 1;
        if (state === 'stopped') return;
        if (error || !response) {
          acknowledgements.unshift(...subscriptionAcknowledgements);
          failed(error ?? new Error('no response'));
          return;
        }
        received(response);
        pump();
      });
    }
  };

  const republish = (subscriptionId: number, number: number): Promise<NotificationMessage | 'done' | 'gone'> =>
    new Promise((resolve, reject) => {
      const request = new RepublishRequest({ subscriptionId, retransmitSequenceNumber: number });
      session.republish(request, (error, response) => {
        const fault = error?.message ?? response?.responseHeader.serviceResult.toString() ?? '';
        if (fault.includes('BadMessageNotAvailable')) resolve('done');
        else if (fault.includes('BadSubscriptionIdInvalid') || fault.includes('BadNoSubscription')) resolve('gone');
        else if (error || !response) reject(error ?? new Error('no response'));
        else resolve(response.notificationMessage);
      });
    });

  const recoverOne = async (subscriptionId: number, entry: Entry): Promise<void> => {
    for (;;) {
      const wanted = entry.lastNumber === undefined ? 1 : numberAfter(entry.lastNumber);
      const answer = await republish(subscriptionId, wanted);
      if (state === 'stopped' || answer === 'done') return;
      if (answer === 'gone') {
        entries.delete(subscriptionId);
        entry.sink.gone();
        return;
      }
      // asyncua 2.1 has an empty message with the number 0 where BadMessageNotAvailable is meant.
      if (answer.sequenceNumber !== wanted) return;
      await take(entry, answer, true);
      acknowledgements.push({ subscriptionId, sequenceNumber: answer.sequenceNumber });
    }
  };

  return {
    add(subscriptionId, sink) {
      entries.set(subscriptionId, { sink, lastNumber: undefined });
      pump();
    },
    remove(subscriptionId) {
      entries.delete(subscriptionId);
      acknowledgements = acknowledgements.filter((entry) => entry.subscriptionId !== subscriptionId);
    },
    async recover() {
      if (state === 'stopped') return;
      state = 'recovering';
      clearTimeout(retry);
      most = Number.POSITIVE_INFINITY;
      while (holding !== undefined) await holding;
      for (const [subscriptionId, entry] of [...entries]) await recoverOne(subscriptionId, entry);
      if (state !== 'recovering') return;
      state = 'running';
      pump();
    },
    stop() {
      state = 'stopped';
      clearTimeout(retry);
      entries.clear();
      held.length = 0;
    },
  };
}
