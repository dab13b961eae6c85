import {
  BulkheadError,
  type Clock,
  createQuiet,
  createTicket,
  type Outbox,
  parseTopic,
  type Sample,
  sampleBytes,
  type Ticket,
  type Timer,
} from '@bulkhead/core';
import type { BrokerLink } from '../broker-link.ts';
import { holdAfterOutageMs } from '../uns-connection/back-off.ts';
import { type ChosenForm, toWire } from '../protocol/wire-form.ts';

/** accepted = delivered + dropped + queued, always. `refused` were never accepted: their topics are not valid. */
export interface PublishCounters {
  readonly accepted: number;
  readonly delivered: number;
  readonly dropped: number;
  readonly queued: number;
  readonly refused: number;
}

export interface OutboxEntry {
  readonly sample: Sample;
  readonly mqttTopic: string;
  readonly ticket: Ticket;
}

export interface Publisher {
  /** Resolves when every sample is acknowledged; rejects, when all are settled, if one of them was not delivered. */
  submit(samples: readonly Sample[]): Promise<void>;
  counters(): PublishCounters;
  /** Resolves when nothing is queued and nothing has come for a moment, or at the deadline. */
  drain(deadlineMs: number): Promise<void>;
  /** Gives up what is still queued; returns how many samples that were. */
  stop(): number;
}

export interface PublisherOptions {
  readonly link: BrokerLink;
  readonly outbox: Outbox<OutboxEntry>;
  readonly form: ChosenForm;
  readonly retain: boolean;
  readonly clock: Clock;
  /** Called after each change of the counters. */
  readonly onChange: () => void;
}

/** Beyond this the throughput of a broker on the same machine no longer grows (82 k messages a second). */
const mostInFlight = 1_000;
const mostBytesInFlight = 8 * 1_048_576;
/** Messages travel the wires of a flow asynchronously: a drain waits until none has come for this long. */
const quietMs = 100;

/** Sends samples in order, many at a time, and sends again in the next session what was not acknowledged in this one. */
export function createPublisher({ link, outbox, form, retain, clock, onChange }: PublisherOptions): Publisher {
  let accepted = 0;
  let delivered = 0;
  let dropped = 0;
  let refused = 0;
  let bytesInFlight = 0;
  /** Answers to the messages of an earlier session no longer count: their entries were taken back. */
  let session = 0;
  let isStopped = false;
  let wasAway = false;
  /** Runs while the subscribers get the time to come back. */
  let hold: Timer | undefined;
  const quiet = createQuiet({ quietMs, isEmpty: () => outbox.queued === 0, clock });

  const changed = (): void => {
    onChange();
    quiet.changed();
  };

  const drop = (entry: OutboxEntry, problem: BulkheadError): void => {
    outbox.remove(entry);
    dropped += 1;
    entry.ticket.settle(problem);
  };

  const send = (entry: OutboxEntry, protocolVersion: 4 | 5, maximumPacketBytes: number): void => {
    const { sample, mqttTopic } = entry;
    const wire = toWire(sample, form, protocolVersion);
    if (!wire.ok) {
      drop(entry, new BulkheadError('uns-not-sendable', `${sample.topic}: ${wire.reason}`));
      return;
    }
    const bytes = wire.payload.length + mqttTopic.length;
    if (bytes > maximumPacketBytes) {
      drop(
        entry,
        new BulkheadError(
          'uns-too-large',
          `${sample.topic}: the broker takes no more than ${maximumPacketBytes} bytes`,
        ),
      );
      return;
    }
    const ownSession = session;
    bytesInFlight += bytes;
    link.publish(
      { topic: mqttTopic, payload: wire.payload, retain, ...(wire.properties ? { properties: wire.properties } : {}) },
      (problem) => {
        if (ownSession !== session || problem?.retryable) return;
        bytesInFlight -= bytes;
        if (problem) drop(entry, problem);
        else {
          outbox.remove(entry);
          delivered += 1;
          entry.ticket.settle();
        }
        pump();
        changed();
      },
    );
  };

  const pump = (): void => {
    const state = link.state();
    if (state.kind !== 'connected' || isStopped || hold !== undefined) return;
    const atOnce = Math.min(mostInFlight, state.receiveMaximum);
    while (outbox.out < atOnce && bytesInFlight < mostBytesInFlight) {
      const entry = outbox.take();
      if (entry === undefined) return;
      send(entry, state.protocolVersion, state.maximumPacketBytes);
    }
  };

  const goOn = (): void => {
    hold = undefined;
    pump();
  };

  const unwatchLink = link.onState((state) => {
    session += 1;
    bytesInFlight = 0;
    outbox.takeBack();
    clock.clearTimeout(hold);
    hold = undefined;
    if (state.kind === 'waiting') wasAway = true;
    if (state.kind === 'connected') {
      if (wasAway) hold = clock.setTimeout(goOn, holdAfterOutageMs);
      wasAway = false;
      pump();
    }
    changed();
  });

  return {
    submit(samples) {
      quiet.touched();
      const ticket = createTicket(samples.length);
      for (const sample of samples) {
        const parsed = parseTopic(sample.topic);
        if (!parsed.ok) {
          refused += 1;
          ticket.settle(new BulkheadError('uns-bad-topic', `"${sample.topic}" is not a UNS topic: ${parsed.message}`));
          continue;
        }
        accepted += 1;
        const entry = { sample, mqttTopic: sample.topic.replaceAll('.', '/'), ticket };
        const overflow = outbox.append(entry, sampleBytes(sample));
        for (const lost of overflow) {
          drop(
            lost,
            new BulkheadError('uns-queue-full', `${lost.sample.topic}: the queue is full, the sample was dropped`),
          );
        }
      }
      pump();
      changed();
      return ticket.settled;
    },
    counters: () => ({ accepted, delivered, dropped, queued: outbox.queued, refused }),
    drain: (deadlineMs) => quiet.wait(deadlineMs),
    stop() {
      if (isStopped) return 0;
      isStopped = true;
      session += 1;
      clock.clearTimeout(hold);
      unwatchLink();
      outbox.takeBack();
      let given = 0;
      for (let entry = outbox.take(); entry !== undefined; entry = outbox.take()) {
        drop(
          entry,
          new BulkheadError(
            'uns-stopped',
            `${entry.sample.topic}: the node was stopped before the sample was delivered`,
          ),
        );
        given += 1;
      }
      return given;
    },
  };
}
