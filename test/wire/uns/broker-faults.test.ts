import assert from 'node:assert/strict';
import type { BulkheadError, Sample } from '@bulkhead/core';
import { createOutageReport } from '../../../nodes/uns/src/uns-connection/outage-report.ts';
import { createMosquitto, type Mosquitto } from '../../support/mosquitto.ts';
import { until } from '../../support/until.ts';
import { connected, listen, openLink, publishTo, sampleOf } from './uns-session.ts';

const sequence = (from: number, to: number): Sample[] =>
  Array.from({ length: to - from }, (_, at) => sampleOf('x', from + at, { sourceTime: 1_700_000_000_000 + from + at }));

describe('a broker that fails', function () {
  this.timeout(60_000);
  let mosquitto: Mosquitto;
  beforeEach(async () => {
    mosquitto = await createMosquitto();
  });
  afterEach(() => mosquitto.remove());

  it('is waited for when it is absent at the start; then everything queued arrives in order', async () => {
    const publishing = publishTo({ url: mosquitto.url }, { retain: true });
    const reports: string[] = [];
    const outages = createOutageReport({
      lost: (problem) => void reports.push(problem.code),
      restored: () => void reports.push('restored'),
    });
    publishing.link.onState(outages.watch());
    const submitted = publishing.publisher.submit(sequence(0, 500));
    await until(() => publishing.link.state().kind === 'waiting', {
      deadlineMs: 5_000,
      what: 'the first attempt failed',
    });
    assert.equal(publishing.publisher.counters().queued, 500);
    let attempts = 0;
    publishing.link.onState(({ kind }) => void (attempts += kind === 'waiting' ? 1 : 0));
    await until(() => attempts >= 2, { deadlineMs: 15_000, what: 'two more attempts failed' });
    await mosquitto.start();
    const listening = await listen({ url: mosquitto.url }, 'umh/v1/acme/#');
    await submitted;
    await until(() => listening.samples.at(-1)?.value === 499, { deadlineMs: 5_000, what: 'the last sample' });
    assert.deepEqual(reports, ['uns-unreachable', 'restored']);
    assert.deepEqual(publishing.publisher.counters(), {
      accepted: 500,
      delivered: 500,
      dropped: 0,
      queued: 0,
      refused: 0,
    });
    await publishing.close();
    await listening.close();
  });

  it('loses nothing that was accepted when it is killed and restarted while samples flow', async () => {
    await mosquitto.start();
    const publishing = publishTo({ url: mosquitto.url });
    const { publisher } = publishing;
    await publisher.submit(sequence(0, 100));
    const submitted: Promise<void>[] = [];
    for (let from = 100; from < 3_000; from += 100) submitted.push(publisher.submit(sequence(from, from + 100)));
    await mosquitto.kill();
    await until(() => publishing.link.state().kind === 'waiting', { deadlineMs: 5_000, what: 'the link noticed' });
    for (let from = 3_000; from < 4_000; from += 100) submitted.push(publisher.submit(sequence(from, from + 100)));
    assert.ok(publisher.counters().queued >= 1_000);
    await mosquitto.start();
    const listening = await listen({ url: mosquitto.url }, 'umh/v1/acme/#');
    await Promise.all(submitted);
    await publisher.submit(sequence(4_000, 4_001));
    await until(() => listening.samples.at(-1)?.value === 4_000, { deadlineMs: 10_000, what: 'the last sample' });
    const { accepted, delivered, dropped, queued } = publisher.counters();
    assert.deepEqual(
      { accepted, delivered, dropped, queued },
      { accepted: 4_001, delivered: 4_001, dropped: 0, queued: 0 },
    );
    const values = listening.samples.map(({ value }) => Number(value));
    assert.deepEqual(
      values,
      values.toSorted((left, right) => left - right),
    );
    await publishing.close();
    await listening.close();
  });

  it('loses nothing that was queued for a subscriber that is away as long as the broker', async () => {
    await mosquitto.start();
    const listening = await listen({ url: mosquitto.url }, 'umh/v1/acme/#');
    const publishing = publishTo({ url: mosquitto.url });
    await publishing.publisher.submit(sequence(0, 10));
    await until(() => listening.samples.length === 10, { deadlineMs: 5_000, what: 'the first samples' });
    await mosquitto.kill();
    await until(() => publishing.link.state().kind === 'waiting', { deadlineMs: 5_000, what: 'the link noticed' });
    const submitted = publishing.publisher.submit(sequence(10, 500));
    await mosquitto.start();
    await submitted;
    await until(() => listening.samples.length >= 500, { deadlineMs: 10_000, what: 'all samples' });
    assert.deepEqual(listening.samples, sequence(0, 500));
    await publishing.close();
    await listening.close();
  });

  it('gives a subscriber its subscription back after the restart', async () => {
    await mosquitto.start();
    const listening = await listen({ url: mosquitto.url }, 'umh/v1/acme/#');
    await mosquitto.kill();
    await until(() => listening.link.state().kind === 'waiting', { deadlineMs: 5_000, what: 'the link noticed' });
    await mosquitto.start();
    await connected(listening.link);
    const publishing = publishTo({ url: mosquitto.url }, { retain: true });
    await publishing.publisher.submit(sequence(0, 1));
    await until(() => listening.samples.length > 0, { deadlineMs: 10_000, what: 'a sample' });
    await publishing.close();
    await listening.close();
  });

  it('drops the oldest or the newest samples when the queue is full, and counts them', async () => {
    for (const whenFull of ['drop-oldest', 'drop-newest'] as const) {
      const publishing = publishTo({ url: mosquitto.url }, { samples: 10, whenFull });
      const submitted = sequence(0, 25).map((sample) => publishing.publisher.submit([sample]));
      const settled = Promise.allSettled(submitted);
      assert.deepEqual(publishing.publisher.counters(), {
        accepted: 25,
        delivered: 0,
        dropped: 15,
        queued: 10,
        refused: 0,
      });
      await mosquitto.start();
      const results = await settled;
      const lost = results.flatMap(({ status }, at) => (status === 'rejected' ? [at] : []));
      const expected = whenFull === 'drop-oldest' ? [0, 14] : [10, 24];
      assert.deepEqual([lost[0], lost.at(-1), lost.length], [...expected, 15]);
      assert.equal(publishing.publisher.counters().delivered, 10);
      await publishing.close();
      await mosquitto.kill();
    }
  });

  it('does not stop everything for one sample that is larger than it takes', async () => {
    await mosquitto.remove();
    mosquitto = await createMosquitto({ lines: ['max_packet_size 2000'] });
    await mosquitto.start();
    const publishing = publishTo({ url: mosquitto.url });
    const { publisher } = publishing;
    const isRefused = assert.rejects(publisher.submit([sampleOf('large', 'x'.repeat(5_000))]), {
      code: 'uns-too-large',
    });
    await publisher.submit([sampleOf('small', 1)]);
    await isRefused;
    const { delivered, dropped } = publisher.counters();
    assert.deepEqual({ delivered, dropped }, { delivered: 1, dropped: 1 });
    await publishing.close();
  });

  it('says what is wrong with a topic and sends the others', async () => {
    await mosquitto.start();
    const publishing = publishTo({ url: mosquitto.url });
    const submitted = publishing.publisher.submit([sampleOf('x', 1), sampleOf('y', 2, { topic: 'umh.v1.acme.x' })]);
    await assert.rejects(submitted, (error: BulkheadError) => {
      assert.equal(error.code, 'uns-bad-topic');
      assert.match(
        error.message,
        /1 of 2 samples: "umh\.v1\.acme\.x" is not a UNS topic: it has fewer than five segments/,
      );
      return true;
    });
    const { accepted, delivered, refused } = publishing.publisher.counters();
    assert.deepEqual({ accepted, delivered, refused }, { accepted: 1, delivered: 1, refused: 1 });
    await publishing.close();
  });
});

describe('a broker that asks for a login', () => {
  let mosquitto: Mosquitto;
  before(async () => {
    mosquitto = await createMosquitto({ login: { username: 'plant', password: 'right' } });
    await mosquitto.start();
  });
  after(() => mosquitto.remove());

  it('is told the user name and the password', async () => {
    const link = openLink({ url: mosquitto.url, username: 'plant', password: 'right' });
    await connected(link);
    await link.close();
  });

  for (const protocol of ['auto', '5', '3.1.1'] as const) {
    it(`refuses a wrong password with one clear problem (protocol ${protocol})`, async () => {
      const link = openLink({ url: mosquitto.url, protocol, username: 'plant', password: 'wrong' });
      const problem = await until(
        () => {
          const state = link.state();
          return state.kind === 'waiting' ? state.problem : undefined;
        },
        { deadlineMs: 5_000, what: 'the login is refused' },
      );
      assert.equal(problem.code, 'uns-login-refused');
      assert.equal(problem.message, `${mosquitto.url} refused the login: check user name and password`);
      await link.close();
    });
  }
});

describe('two clients with the same fixed id', () => {
  it('do not throw each other out at full speed', async () => {
    const mosquitto = await createMosquitto();
    await mosquitto.start();
    const first = openLink({ url: mosquitto.url, clientId: 'the-same' });
    let sessions = 0;
    first.onState(({ kind }) => void (sessions += kind === 'connected' ? 1 : 0));
    await connected(first);
    const second = openLink({ url: mosquitto.url, clientId: 'the-same' });
    await until(
      () => {
        const state = first.state();
        return state.kind === 'waiting' && state.retryInMs > 1_400;
      },
      { deadlineMs: 25_000, what: 'the waits grow' },
    );
    assert.ok(sessions < 10, `${sessions} sessions`);
    await Promise.all([first.close(), second.close()]);
    await mosquitto.remove();
  });
});
