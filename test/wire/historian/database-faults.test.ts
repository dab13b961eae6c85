import assert from 'node:assert/strict';
import type { Sample } from '@bulkhead/core';
import type { Database, DatabaseState } from '../../../nodes/historian/src/database.ts';
import { createPostgres, type Login, type Postgres } from '../../support/postgres.ts';
import { freePort } from '../../support/free-port.ts';
import { until } from '../../support/until.ts';
import { ask, connected, openDatabase, sampleOf, start, writeTo } from './historian-session.ts';

const sequence = (from: number, to: number): Sample[] =>
  Array.from({ length: to - from }, (_, at) => sampleOf('x', from + at, { sourceTime: start + from + at }));
const all = { topics: '#', from: start - 1, to: start + 3_600_000, limit: 1_000_000 };

type Waiting = Extract<DatabaseState, { kind: 'waiting' }>;

function problemOf(database: Database): Promise<Waiting['problem']> {
  return until(
    () => {
      const state = database.state();
      return state.kind === 'waiting' ? state.problem : undefined;
    },
    { deadlineMs: 10_000, what: 'the database is reported away' },
  );
}

describe('a database that fails', function () {
  this.timeout(60_000);
  let postgres: Postgres;
  let login: Login;
  let database: Database;
  let databases = 0;

  before(async () => {
    postgres = await createPostgres();
    await postgres.start();
  });
  after(() => postgres.remove());
  beforeEach(async () => {
    databases += 1;
    login = await postgres.createDatabase(`faults_${databases}`);
    database = openDatabase(login);
    await connected(database);
  });
  afterEach(() => database.close());

  it('stores each sample once although its backends are terminated again and again', async () => {
    const { writer } = writeTo(database, { perBatch: 50, withinMs: 5 });
    const submitted: Promise<void>[] = [];
    for (let round = 0; round < 6; round += 1) {
      for (let from = round * 500; from < (round + 1) * 500; from += 25)
        submitted.push(writer.submit(sequence(from, from + 25)));
      await until(() => writer.counters().stored > round * 500, { deadlineMs: 10_000, what: 'something is stored' });
      await postgres.query('postgres', 'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
        login.database,
      ]);
    }
    await Promise.all(submitted);
    await connected(database);
    const { accepted, stored, duplicates, conflicts, dropped, queued } = writer.counters();
    assert.deepEqual(
      { accepted, conflicts, dropped, queued },
      { accepted: 3_000, conflicts: 0, dropped: 0, queued: 0 },
    );
    // A commit whose answer was lost is counted as duplicate when it is sent again.
    assert.equal(stored + duplicates, 3_000);
    assert.deepEqual((await ask(database, all)).samples, sequence(0, 3_000));
  });

  it('keeps what comes while it is restarted and stores it afterwards', async () => {
    const { writer } = writeTo(database);
    await writer.submit(sequence(0, 10));
    const states: string[] = [];
    database.onState(({ kind }) => void states.push(kind));
    await postgres.stop('SIGQUIT');
    const submitted = writer.submit(sequence(10, 20));
    const problem = await problemOf(database);
    assert.match(problem.message, new RegExp(`127\\.0\\.0\\.1:${login.port}`));
    assert.equal(writer.counters().queued, 10);
    await assert.rejects(ask(database, all), { code: 'historian-not-connected', retryable: true });
    await postgres.start();
    await submitted;
    assert.deepEqual((await ask(database, all)).samples, sequence(0, 20));
    assert.equal(states.at(-1), 'connected');
  });

  it('drops the oldest or the newest samples when the queue is full, and counts them', async () => {
    for (const whenFull of ['drop-oldest', 'drop-newest'] as const) {
      const away = openDatabase({ ...login, port: await freePort() });
      await problemOf(away);
      const { writer } = writeTo(away, { samples: 10, whenFull });
      const settled = Promise.allSettled(sequence(0, 25).map((sample) => writer.submit([sample])));
      assert.deepEqual(writer.counters(), {
        accepted: 25,
        stored: 0,
        duplicates: 0,
        conflicts: 0,
        dropped: 15,
        queued: 10,
      });
      assert.equal(writer.stop(), 10);
      assert.ok((await settled).every(({ status }) => status === 'rejected'));
      await away.close();
    }
  });

  it('bounds the queue by bytes too', async () => {
    const away = openDatabase({ ...login, port: await freePort() });
    const { writer } = writeTo(away, { bytes: 100_000 });
    const waves = Array.from({ length: 20 }, (_, at) =>
      sampleOf(
        'wave',
        Array.from({ length: 2_000 }, (_, point) => point),
        { stepUs: 50, sourceTime: start + at },
      ),
    );
    const refused = assert.rejects(writer.submit(waves), { code: 'historian-queue-full' });
    assert.equal(writer.counters().queued, 6);
    writer.stop();
    await refused;
    await away.close();
  });

  it('makes its tables anew when they were taken away', async () => {
    const { writer } = writeTo(database);
    await writer.submit(sequence(0, 1));
    await postgres.query(login.database, 'drop schema historian cascade');
    await writer.submit(sequence(1, 2));
    assert.deepEqual((await ask(database, all)).samples, sequence(1, 2));
  });

  it('says once, in one line, why there is no connection', async () => {
    await postgres.query('postgres', `create role powerless login password 'x'`).catch(() => undefined);
    const cases: ReadonlyArray<[Partial<Login>, string, RegExp]> = [
      [
        { password: 'wrong' },
        'historian-login-refused',
        /^PostgreSQL at 127\.0\.0\.1:\d+ refused the login of postgres: check/,
      ],
      [{ password: '' }, 'historian-login-refused', /asks for the password of postgres/],
      [{ user: 'nobody_here' }, 'historian-login-refused', /refused the login of nobody_here/],
      [{ database: 'missing' }, 'historian-no-database', /^there is no database missing at/],
      [
        { port: await freePort() },
        'historian-unreachable',
        /^no PostgreSQL answers at 127\.0\.0\.1:\d+: check that it runs/,
      ],
      [{ host: 'no-such-host.invalid' }, 'historian-unreachable', /^the host no-such-host\.invalid is unknown/],
      [{ user: 'powerless', password: 'x' }, 'historian-no-permission', /^powerless lacks a permission in/],
    ];
    for (const [fault, code, words] of cases) {
      const faulty = openDatabase({ ...login, ...fault });
      const problem = await problemOf(faulty);
      assert.equal(problem.code, code);
      assert.match(problem.message, words);
      await faulty.close();
    }
  });

  it('refuses tables that a newer version has made', async () => {
    await postgres.query(login.database, 'insert into historian.migration (version) values (99)');
    const old = openDatabase(login);
    assert.equal((await problemOf(old)).code, 'historian-newer-schema');
    await old.close();
  });

  it('leaves no session behind when it is closed', async () => {
    const { writer } = writeTo(database);
    await writer.submit(sequence(0, 1));
    await database.close();
    await until(
      async () => {
        const [row] = await postgres.query(
          'postgres',
          'select count(*)::integer as sessions from pg_stat_activity where datname = $1',
          [login.database],
        );
        return row?.['sessions'] === 0;
      },
      { deadlineMs: 5_000, what: 'all sessions have ended' },
    );
  });
});
