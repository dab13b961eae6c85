/** Publisher and subscriber of the palette on a broker, without Node-RED around them. */
import { randomBytes } from 'node:crypto';
import { createMemoryOutbox, type OutboxBounds, type Sample, systemClock } from '@bulkhead/core';
import type { BrokerLink } from '../../../nodes/uns/src/broker-link.ts';
import { createMqttLink, type LinkOptions } from '../../../nodes/uns/src/io/mqtt-link.ts';
import { backOffOf } from '../../../nodes/uns/src/uns-connection/back-off.ts';
import type { ChosenForm, Received } from '../../../nodes/uns/src/protocol/wire-form.ts';
import { createPublisher, type OutboxEntry, type Publisher } from '../../../nodes/uns/src/uns-publish/publisher.ts';
import { createSubscriber, type Subscriber } from '../../../nodes/uns/src/uns-subscribe/subscriber.ts';
import { until } from '../../support/until.ts';

const noTls = { caFile: '', certFile: '', keyFile: '', verify: true };

export function openLink(options: Partial<LinkOptions> & { url: string }): BrokerLink {
  const clientId = `test-${randomBytes(6).toString('hex')}`;
  const link = createMqttLink(
    { clientId, protocol: 'auto', tls: noTls, backOff: backOffOf.publisher, ...options },
    { clock: systemClock, random: Math.random },
  );
  link.open();
  return link;
}

export function connected(link: BrokerLink): Promise<unknown> {
  return until(() => link.state().kind === 'connected', { deadlineMs: 15_000, what: 'the link is connected' });
}

export interface Listening {
  readonly link: BrokerLink;
  readonly subscriber: Subscriber;
  readonly samples: Sample[];
  readonly others: Received[];
  close(): Promise<void>;
}

/** Resolves when the subscription stands. */
export async function listen(options: Partial<LinkOptions> & { url: string }, filter: string): Promise<Listening> {
  const link = openLink({ backOff: backOffOf.subscriber, ...options });
  const samples: Sample[] = [];
  const others: Received[] = [];
  const subscriber = createSubscriber({
    link,
    filter,
    batch: undefined,
    clock: systemClock,
    onChange: () => undefined,
    emit: {
      sample: (sample) => void samples.push(sample),
      batch: (batch) => void samples.push(...batch),
      relational: (received) => void others.push(received),
      rejected: (received) => void others.push(received),
    },
  });
  await connected(link);
  // A second request for the same filter is answered after the first one.
  await link.subscribe(filter);
  return {
    link,
    subscriber,
    samples,
    others,
    async close() {
      subscriber.stop();
      await link.close();
    },
  };
}

export interface Publishing {
  readonly link: BrokerLink;
  readonly publisher: Publisher;
  close(): Promise<void>;
}

export function publishTo(
  options: Partial<LinkOptions> & { url: string },
  { form = 'auto', retain = false, ...bounds }: { form?: ChosenForm; retain?: boolean } & Partial<OutboxBounds> = {},
): Publishing {
  const link = openLink(options);
  const outbox = createMemoryOutbox<OutboxEntry>({
    samples: 50_000,
    bytes: 32 * 1_048_576,
    whenFull: 'drop-oldest',
    ...bounds,
  });
  const publisher = createPublisher({ link, outbox, form, retain, clock: systemClock, onChange: () => undefined });
  return {
    link,
    publisher,
    async close() {
      publisher.stop();
      await link.close();
    },
  };
}

export function sampleOf(name: string, value: Sample['value'], more: Partial<Sample> = {}): Sample {
  return {
    topic: `umh.v1.acme.line._historian.${name}`,
    value,
    quality: 'good',
    sourceTime: 1_700_000_000_000,
    ...more,
  };
}
