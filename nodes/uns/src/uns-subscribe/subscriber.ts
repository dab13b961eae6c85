import { BulkheadError, type Clock, errorMessage, type Sample } from '@bulkhead/core';
import type { BrokerLink, IncomingMessage } from '../broker-link.ts';
import { fromWire, type Received } from '../protocol/wire-form.ts';
import type { UnsSubscribeConfig } from './config.ts';
import { createSampleBatch } from './sample-batch.ts';

/** received = samples + relational + rejected. */
export interface SubscribeCounters {
  readonly received: number;
  readonly samples: number;
  readonly relational: number;
  readonly rejected: number;
}

export interface Emit {
  sample(sample: Sample): void;
  batch(samples: readonly Sample[]): void;
  relational(received: Extract<Received, { kind: 'relational' }>): void;
  rejected(received: Extract<Received, { kind: 'rejected' }>): void;
}

export interface Subscriber {
  counters(): SubscribeCounters;
  /** Why the broker refuses the subscription, where it does. */
  problem(): BulkheadError | undefined;
  /** Resolves when the broker has granted or refused the subscription for the first time. */
  listening(): Promise<void>;
  /** Receives and emits everything the broker holds for this session, then ends the subscription. */
  drain(deadlineMs: number): Promise<void>;
  /** Emits what is gathered and listens no more. */
  stop(): void;
}

export interface SubscriberOptions extends UnsSubscribeConfig {
  readonly link: BrokerLink;
  readonly emit: Emit;
  readonly clock: Clock;
  readonly onChange: () => void;
}

/**
 * A drain asks again until nothing has come for this long: publishers in other compartments drain at the same time,
 * and what they still send passes through their wires and the broker first.
 */
const quietMs = 400;

export function createSubscriber({ link, filter, batch, emit, clock, onChange }: SubscriberOptions): Subscriber {
  let samples = 0;
  let relational = 0;
  let rejected = 0;
  let problem: BulkheadError | undefined;
  let lastMessageAt = Number.NEGATIVE_INFINITY;
  let isDrained = false;
  const heard = Promise.withResolvers<void>();
  const gathered = batch && createSampleBatch(batch, (ready) => emit.batch(ready), clock);
  const markerTopic = `bulkhead/drain/${link.clientId}`;
  const markers = new Map<string, () => void>();

  const receive = (message: IncomingMessage): void => {
    if (message.topic === markerTopic) {
      markers.get(Buffer.from(message.payload).toString())?.();
      return;
    }
    // A filter such as # also covers the markers of others.
    if (message.topic.startsWith('bulkhead/drain/')) return;
    lastMessageAt = clock.now();
    const received = fromWire(message);
    switch (received.kind) {
      case 'sample':
        samples += 1;
        if (gathered) gathered.add(received.sample);
        else emit.sample(received.sample);
        break;
      case 'relational':
        relational += 1;
        gathered?.flush();
        emit.relational(received);
        break;
      case 'rejected':
        rejected += 1;
        emit.rejected(received);
        break;
    }
    onChange();
  };

  const subscribe = async (): Promise<void> => {
    try {
      await link.subscribe(filter);
      problem = undefined;
      heard.resolve();
    } catch (error) {
      const refusal =
        error instanceof BulkheadError ? error : new BulkheadError('uns-subscribe-refused', errorMessage(error));
      // A session that ended is told by the state of the link, and subscribed anew with the next one.
      if (!refusal.retryable) {
        problem = refusal;
        heard.resolve();
      }
    }
    onChange();
  };

  const unwatchMessages = link.onMessage(receive);
  const unwatchState = link.onState((state) => {
    if (state.kind === 'connected' && !isDrained) void subscribe();
    onChange();
  });
  if (link.state().kind === 'connected') void subscribe();

  /** Sends a marker through the broker to ourselves: what came before it is here when it is. Resolves false at the deadline. */
  const passMarker = (number: number, withinMs: number): Promise<boolean> =>
    new Promise((resolve) => {
      const name = String(number);
      const finish = (arrived: boolean): void => {
        clock.clearTimeout(deadline);
        markers.delete(name);
        resolve(arrived);
      };
      const deadline = clock.setTimeout(() => finish(false), withinMs);
      markers.set(name, () => finish(true));
      link.publish({ topic: markerTopic, payload: name, retain: false }, (failure) => {
        if (failure) finish(false);
      });
    });

  const pause = (ms: number): Promise<void> => new Promise((resolve) => void clock.setTimeout(resolve, ms));

  const receiveAll = async (deadlineMs: number): Promise<void> => {
    const startedAt = clock.now();
    // A publisher outside of this house never falls quiet: half of the time goes to waiting for it, no more.
    const stopAskingAt = startedAt + deadlineMs / 2;
    await link.subscribe(markerTopic);
    for (let number = 0; ; number += 1) {
      const arrived = await passMarker(number, startedAt + deadlineMs - clock.now());
      const quietAt = Math.max(lastMessageAt, startedAt) + quietMs;
      const now = clock.now();
      if (!arrived || now >= quietAt || now >= stopAskingAt) return;
      await pause(Math.max(1, Math.min(quietAt, stopAskingAt) - now));
    }
  };

  return {
    counters: () => ({ received: samples + relational + rejected, samples, relational, rejected }),
    problem: () => problem,
    listening: () => heard.promise,
    async drain(deadlineMs) {
      try {
        if (link.state().kind === 'connected') await receiveAll(deadlineMs);
      } finally {
        isDrained = true;
        gathered?.flush();
      }
      if (link.state().kind === 'connected') await link.unsubscribe(filter);
    },
    stop() {
      unwatchMessages();
      unwatchState();
      gathered?.flush();
    },
  };
}
