import assert from 'node:assert/strict';
import type { Sample } from '@bulkhead/core';
import type { Database } from '../../../nodes/historian/src/database.ts';
import { createPostgres, type Postgres } from '../../support/postgres.ts';
import { ask, connected, openDatabase, sampleOf, start, writeTo } from './historian-session.ts';

describe('history in PostgreSQL', () => {
  let postgres: Postgres;
  let database: Database;
  const all = { topics: '#', from: start - 1, to: start + 3_600_000, limit: 1_000_000 };

  before(async () => {
    postgres = await createPostgres();
    await postgres.start();
  });
  after(() => postgres.remove());
  beforeEach(async function () {
    const name = `test_${Math.random().toString(36).slice(2)}`;
    database = openDatabase(await postgres.createDatabase(name));
    await connected(database);
  });
  afterEach(() => database.close());

  it('gives every kind of value back exactly as it was stored', async () => {
    const samples: readonly Sample[] = [
      sampleOf('a-double', 0.1 + 0.2, { unit: '°C', address: 'ns=1;s=T' }),
      sampleOf('b-negative-zero', -0),
      sampleOf('c-smallest', 5e-324),
      sampleOf('d-largest', Number.MAX_VALUE),
      sampleOf('e-beyond-2-53', 9_007_199_254_740_993n),
      sampleOf('f-unsigned', 18_446_744_073_709_551_615n),
      sampleOf('g-signed', -9_223_372_036_854_775_808n),
      sampleOf('h-small-bigint', 5n),
      sampleOf('i-text', 'NULL'),
      sampleOf('j-text', 'quote " backslash \\ brace } comma , line\nend ß €😀'),
      sampleOf('k-empty-text', ''),
      sampleOf('l-true', true),
      sampleOf('m-false', false),
      sampleOf('n-bad', null, { quality: 'bad', code: '0x80000000' }),
      sampleOf('o-stale', 7, { quality: 'stale' }),
      sampleOf('p-uncertain', 7, { quality: 'uncertain' }),
      sampleOf('q-microseconds', 1, { sourceTime: start + 0.123 }),
      sampleOf('r-real-wave', [0.5, -0, Math.fround(0.1), 3.402_823_466_385_288_6e38], { stepUs: 50, unit: 'g' }),
      sampleOf('s-double-wave', [0.1, 1e300, -5e-324], { stepUs: 0.5 }),
    ];
    const { writer } = writeTo(database);
    await writer.submit(samples);
    const history = await ask(database, all);
    const byTopic = history.samples.toSorted((left, right) => (left.topic < right.topic ? -1 : 1));
    assert.deepEqual(byTopic, samples);
    assert.ok(byTopic.every(({ value }, at) => Object.is(value, samples[at]?.value) || Array.isArray(value)));
    assert.deepEqual(writer.counters(), {
      accepted: 19,
      stored: 19,
      duplicates: 0,
      conflicts: 0,
      dropped: 0,
      queued: 0,
    });
  });

  it('stores what is delivered again once only and counts it as duplicate', async () => {
    const samples = [
      sampleOf('x', 1),
      sampleOf('x', 2, { sourceTime: start + 1 }),
      sampleOf('w', [1, 2], { stepUs: 10 }),
    ];
    const { writer } = writeTo(database);
    await writer.submit(samples);
    await writer.submit([...samples, ...samples]);
    assert.deepEqual(writer.counters(), { accepted: 9, stored: 3, duplicates: 6, conflicts: 0, dropped: 0, queued: 0 });
    assert.equal((await ask(database, all)).samples.length, 3);
  });

  it('keeps the first of two different values for one tag and time and says so', async () => {
    const { writer, conflicts } = writeTo(database);
    await writer.submit([sampleOf('x', 1), sampleOf('x', 2)]);
    await writer.submit([sampleOf('x', 3), sampleOf('x', 1), sampleOf('x', 1, { quality: 'bad' })]);
    assert.deepEqual(writer.counters(), { accepted: 5, stored: 1, duplicates: 1, conflicts: 3, dropped: 0, queued: 0 });
    assert.equal(conflicts[0], sampleOf('x', 1).topic);
    assert.deepEqual((await ask(database, all)).samples, [sampleOf('x', 1)]);
  });

  it('drops only the sample that cannot be stored, whatever is wrong with it', async () => {
    const { writer } = writeTo(database);
    const good = Array.from({ length: 20 }, (_, at) => sampleOf(`good${at}`, at));
    const poison = [
      sampleOf('nul', 'a\0b'),
      sampleOf('surrogate', '\ud800'),
      sampleOf('huge', 2n ** 70n),
      sampleOf('before-time', 1, { sourceTime: -8.64e15 }),
      sampleOf('empty-wave', [], { stepUs: 1 }),
    ];
    await assert.rejects(writer.submit([...good.slice(0, 10), ...poison, ...good.slice(10)]), {
      code: 'historian-not-storable',
    });
    const { stored, dropped, queued } = writer.counters();
    assert.deepEqual({ stored, dropped, queued }, { stored: 20, dropped: 5, queued: 0 });
  });

  it('halves a batch that the database refuses until only the sample at fault is lost', async () => {
    await database.write((session) => session.query('alter table historian.sample add check (value <> 13)'));
    const { writer } = writeTo(database);
    const samples = Array.from({ length: 100 }, (_, at) => sampleOf('x', at, { sourceTime: start + at }));
    await assert.rejects(writer.submit(samples), { code: 'historian-refused' });
    assert.deepEqual(writer.counters(), {
      accepted: 100,
      stored: 99,
      duplicates: 0,
      conflicts: 0,
      dropped: 1,
      queued: 0,
    });
  });

  it('updates unit and address of a tag', async () => {
    const { writer } = writeTo(database);
    await writer.submit([sampleOf('x', 1, { unit: 'bar', address: 'a' })]);
    await writer.submit([sampleOf('x', 2, { sourceTime: start + 1, unit: 'mbar' })]);
    const history = await ask(database, all);
    assert.deepEqual(
      history.samples.map(({ unit, address }) => [unit, address]),
      [
        ['mbar', 'a'],
        ['mbar', 'a'],
      ],
    );
  });

  it('asks for exact topics, for everything below one, and for a time range without its end', async () => {
    const { writer } = writeTo(database);
    await writer.submit(
      [0, 1, 2].flatMap((at) => ['x', 'y'].map((name) => sampleOf(name, at, { sourceTime: start + at }))),
    );
    await writer.submit([sampleOf('z', 9, { topic: 'umh.v1.acme.line_2._historian.z' })]);
    const count = async (query: Record<string, unknown>): Promise<number> =>
      (await ask(database, { ...all, ...query })).samples.length;
    assert.equal(await count({ topics: [sampleOf('x', 0).topic] }), 3);
    assert.equal(await count({ topics: 'umh.v1.acme.line.#' }), 6);
    assert.equal(await count({ topics: undefined, prefix: 'umh.v1.acme.line' }), 7);
    assert.equal(await count({ from: start + 1, to: start + 2 }), 2);
    assert.equal(await count({ from: new Date(start).toISOString(), to: start + 1 }), 3);
    assert.equal(await count({ topics: 'umh.v1.nothing.#' }), 0);
  });

  it('gives the newest samples, oldest first, and says when the limit cut off older ones', async () => {
    const { writer } = writeTo(database);
    await writer.submit(Array.from({ length: 10 }, (_, at) => sampleOf('x', at, { sourceTime: start + at })));
    const history = await ask(database, { ...all, limit: 3 });
    assert.deepEqual(
      history.samples.map(({ value }) => value),
      [7, 8, 9],
    );
    assert.equal(history.isTruncated, true);
    assert.equal((await ask(database, { ...all, limit: 10 })).isTruncated, false);
  });

  it('aggregates usable samples per interval and leaves a gap where there are none', async () => {
    const { writer } = writeTo(database);
    await writer.submit([
      sampleOf('x', 1, { sourceTime: start, unit: 'bar' }),
      sampleOf('x', 3, { sourceTime: start + 500, quality: 'uncertain' }),
      sampleOf('x', 1_000, { sourceTime: start + 600, quality: 'stale' }),
      sampleOf('x', null, { sourceTime: start + 1_000, quality: 'bad' }),
      sampleOf('x', 7n, { sourceTime: start + 2_000 }),
      sampleOf('x', true, { sourceTime: start + 2_001 }),
    ]);
    const values = async (aggregate: string): Promise<unknown[]> =>
      (await ask(database, { ...all, aggregate, interval: '1s' })).samples.map(({ value }) => value);
    assert.deepEqual(await values('avg'), [2, null, 4]);
    assert.deepEqual(await values('min'), [1, null, 1]);
    assert.deepEqual(await values('max'), [3, null, 7]);
    assert.deepEqual(await values('count'), [2, 0, 2]);
    assert.deepEqual(await values('last'), [3, null, true]);
    const [first] = (await ask(database, { ...all, aggregate: 'avg', interval: '1s' })).samples;
    assert.deepEqual(first, {
      topic: sampleOf('x', 0).topic,
      value: 2,
      quality: 'good',
      sourceTime: start,
      unit: 'bar',
    });
  });

  it('commits what is queued when the sink is drained, without waiting for the batch', async () => {
    const { writer } = writeTo(database, { withinMs: 60_000 });
    void writer.submit([sampleOf('x', 1)]);
    await writer.drain(5_000);
    assert.equal(writer.counters().stored, 1);
  });

  it('makes its tables once although many processes start at once, and again changes nothing', async () => {
    const login = await postgres.createDatabase(`many_${Date.now()}`);
    const many = Array.from({ length: 6 }, () => openDatabase(login));
    await Promise.all(many.map(connected));
    const [row] = await postgres.query(login.database, 'select count(*)::integer as versions from historian.migration');
    assert.equal(row?.['versions'], 1);
    const [state] = many.map((one) => one.state());
    assert.equal(state?.kind === 'connected' && state.tier, 'postgresql');
    await Promise.all(many.map((one) => one.close()));
  });

  it('works with a schema of any name', async () => {
    const odd = openDatabase({ ...postgres.login, database: 'postgres' }, { schema: `Odd "name'` });
    await connected(odd);
    const { writer } = writeTo(odd);
    await writer.submit([sampleOf('x', 1)]);
    assert.equal((await ask(odd, all)).samples.length, 1);
    await odd.close();
  });
});
