import assert from 'node:assert/strict';
import type { Sample } from '@bulkhead/core';
import { startAedes } from '../../support/aedes.ts';
import { createMosquitto } from '../../support/mosquitto.ts';
import { until } from '../../support/until.ts';
import { connected, listen, openLink, publishTo, sampleOf } from './uns-session.ts';

const everyKind: readonly Sample[] = [
  sampleOf('number', 25.5, { unit: '°C', address: 'ns=1;s=T' }),
  sampleOf('negative-zero', -0),
  sampleOf('smallest', 5e-324),
  sampleOf('exact', 9_007_199_254_740_993n),
  sampleOf('unsigned', 18_446_744_073_709_551_615n),
  sampleOf('text', 'Füllstand "hoch"\n'),
  sampleOf('flag', true),
  sampleOf('uncertain', 1.5, { quality: 'uncertain' }),
  sampleOf('stale', 7, { quality: 'stale', unit: 'bar' }),
  sampleOf('bad', null, { quality: 'bad' }),
  sampleOf('wave', [0.5, -1.25, 1e-9], { stepUs: 50, unit: 'g' }),
];

const kept = (value: number): Sample => sampleOf('kept', value, { topic: 'umh.v1.kept._historian.x' });

interface Broker {
  readonly url: string;
  end(): Promise<void>;
}

const brokers: ReadonlyArray<{ name: string; protocolVersion: 4 | 5; start(): Promise<Broker> }> = [
  {
    name: 'mosquitto, MQTT 5',
    protocolVersion: 5,
    async start() {
      const mosquitto = await createMosquitto();
      await mosquitto.start();
      return { url: mosquitto.url, end: () => mosquitto.remove() };
    },
  },
  {
    name: 'aedes, MQTT 3.1.1',
    protocolVersion: 4,
    async start() {
      const aedes = await startAedes();
      return { url: aedes.url, end: () => aedes.close() };
    },
  },
];

for (const { name, protocolVersion, start } of brokers) {
  describe(`samples over ${name}`, () => {
    let broker: Broker;
    before(async () => {
      broker = await start();
    });
    after(() => broker.end());

    it('finds out which protocol version the broker speaks', async () => {
      const link = openLink({ url: broker.url });
      await connected(link);
      const state = link.state();
      assert.equal(state.kind === 'connected' && state.protocolVersion, protocolVersion);
      await link.close();
    });

    for (const form of ['auto', 'extended'] as const) {
      it(`brings every kind of sample through unchanged in the ${form} form`, async () => {
        const listening = await listen({ url: broker.url }, 'umh/v1/acme/line/#');
        const publishing = publishTo({ url: broker.url }, { form });
        await publishing.publisher.submit(everyKind);
        await until(() => listening.samples.length >= everyKind.length, {
          deadlineMs: 10_000,
          what: 'all samples received',
        });
        assert.deepEqual(listening.samples, everyKind);
        assert.deepEqual(publishing.publisher.counters(), {
          accepted: 11,
          delivered: 11,
          dropped: 0,
          queued: 0,
          refused: 0,
        });
        await publishing.close();
        await listening.close();
      });
    }

    it('keeps the order of each topic under load and counts what was delivered', async () => {
      const count = 5_000;
      const listening = await listen({ url: broker.url }, 'umh/v1/acme/line/_historian/#');
      const publishing = publishTo({ url: broker.url });
      const submitted: Promise<void>[] = [];
      for (let sequence = 0; sequence < count; sequence += 1) {
        submitted.push(publishing.publisher.submit([sampleOf(`tag${sequence % 7}`, sequence)]));
      }
      await Promise.all(submitted);
      await until(() => listening.samples.length >= count, { deadlineMs: 20_000, what: 'all samples received' });
      const last = new Map<string, number>();
      for (const { topic, value } of listening.samples) {
        assert.equal(typeof value, 'number');
        assert.ok(Number(value) > (last.get(topic) ?? -1), `${topic} went from ${last.get(topic)} to ${String(value)}`);
        last.set(topic, Number(value));
      }
      assert.equal(listening.samples.length, count);
      assert.equal(publishing.publisher.counters().delivered, count);
      await publishing.close();
      await listening.close();
    });

    it('gives a newcomer the retained value', async () => {
      const publishing = publishTo({ url: broker.url }, { retain: true });
      await publishing.publisher.submit([kept(1), kept(2)]);
      const listening = await listen({ url: broker.url }, 'umh/v1/kept/#');
      await until(() => listening.samples.length > 0, { deadlineMs: 5_000, what: 'the retained value' });
      assert.deepEqual(listening.samples.at(-1), kept(2));
      await publishing.close();
      await listening.close();
    });

    it('tells relational objects and rejects what is no form at all', async () => {
      const listening = await listen({ url: broker.url }, 'umh/v1/acme/#');
      const link = openLink({ url: broker.url });
      await connected(link);
      const publish = (topic: string, payload: string): Promise<void> =>
        new Promise((resolve, reject) =>
          link.publish({ topic, payload, retain: false }, (problem) => (problem ? reject(problem) : resolve())),
        );
      await publish('umh/v1/acme/_erp/order', '{"order": 7}');
      await publish('umh/v1/acme/_raw/x', '{not json');
      await publish('umh/v1/acme/no-contract', '{"timestamp_ms":1,"value":1}');
      await until(() => listening.others.length >= 3, {
        deadlineMs: 5_000,
        what: 'three messages that are no samples',
      });
      assert.deepEqual(
        listening.others.map(({ kind }) => kind),
        ['relational', 'rejected', 'rejected'],
      );
      assert.deepEqual(listening.subscriber.counters(), { received: 3, samples: 0, relational: 1, rejected: 2 });
      await link.close();
      await listening.close();
    });

    it('receives on a drain everything that was published before, then no more', async () => {
      const listening = await listen({ url: broker.url }, 'umh/v1/acme/#');
      const publishing = publishTo({ url: broker.url });
      for (let sequence = 0; sequence < 500; sequence += 1)
        void publishing.publisher.submit([sampleOf('drained', sequence)]);
      await publishing.publisher.drain(10_000);
      assert.equal(publishing.publisher.counters().queued, 0);
      await listening.subscriber.drain(10_000);
      assert.equal(listening.samples.length, 500);
      await publishing.publisher.submit([sampleOf('too-late', 1)]);
      assert.equal(listening.samples.length, 500);
      await publishing.close();
      await listening.close();
    });
  });
}
