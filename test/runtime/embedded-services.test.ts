import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRecord } from '@bulkhead/core';
import { connectAsync } from 'mqtt';
import { Client } from 'pg';
import {
  brokerSpec,
  namespaceSpec,
  postgresSpec,
  type SpecBase,
} from '../../packages/runtime/src/config/service-specs.ts';
import { noGroups } from '../../packages/runtime/src/keeper/house-groups.ts';
import { type Children, createChildren } from '../../packages/runtime/src/keeper/children.ts';
import { findDeathSignal } from '../../packages/runtime/src/keeper/death-signal.ts';
import { noLastWill } from '../../packages/runtime/src/keeper/last-will.ts';
import { programFile } from '../../packages/runtime/src/keeper/programs.ts';
import { listen } from '../../packages/runtime/src/protocol/listen.ts';
import type { ChildExit, ChildSpec, HelloAnswer, Reply } from '../../packages/runtime/src/protocol/messages.ts';
import type { Peer } from '../../packages/runtime/src/protocol/peer.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';

describe('an embedded service', () => {
  let home = '';
  let base: SpecBase;
  let children: Children;
  let exits: ChildExit[] = [];
  const closers: (() => unknown)[] = [];

  beforeEach(() => {
    // mkdtemp makes a folder that is closed to other users: PostgreSQL, which root hands to another one, must cope.
    home = mkdtempSync(join(tmpdir(), 'bh-services-'));
    exits = [];
    base = { home, node: process.execPath, env: { PATH: process.env['PATH'] ?? '' }, programFile };
    children = createChildren({
      withDeathSignal: findDeathSignal(),
      lastWill: noLastWill,
      groups: () => noGroups,
      logsDirectory: home,
      onNotice: () => {},
      onStarted: () => {},
      onExited: (exit) => exits.push(exit),
    });
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
    children.stayDown();
    for (const { name } of children.running()) {
      children.kill(name, name === 'postgres' ? 'SIGQUIT' : 'SIGKILL');
      await children.ended(name, 5000);
    }
    await children.flushLogs();
    rmSync(home, { recursive: true, force: true });
  });

  const start = (spec: ChildSpec): number => children.start(spec).pid ?? 0;
  const said = (name: string, text: string) =>
    until(() => children.logs(name, 100).some((line) => line.text.includes(text)), {
      deadlineMs: 20_000,
      what: `"${text}" of ${name}`,
    });

  describe('PostgreSQL', () => {
    let port = 0;
    beforeEach(async () => {
      port = await freePort();
    });

    const open = async (password = 'geheim'): Promise<Client> => {
      const client = new Client({ host: '127.0.0.1', port, user: 'bulkhead', password, database: 'bulkhead' });
      client.on('error', () => {});
      await client.connect();
      return client;
    };
    const opened = () => until(() => open(), { deadlineMs: 20_000, what: 'a connection to the database' });

    it('is made at its first start, with a password, on loopback, as another user than root', async () => {
      const pid = start(postgresSpec(base, port, 'geheim'));
      const client = await opened();
      closers.push(() => client.end());
      const { rows } = await client.query<Record<'version' | 'current_user' | 'encoding', string>>(
        'select version(), current_user, pg_encoding_to_char(encoding) as encoding from pg_database where datname = current_database()',
      );
      match(rows[0]?.version ?? '', /PostgreSQL 18/);
      deepEqual([rows[0]?.current_user, rows[0]?.encoding], ['bulkhead', 'UTF8']);
      await rejects(open('falsch'), { code: '28P01' });
      equal(readFileSync(`/proc/${pid}/comm`, 'utf8').trim(), 'postgres');
      ok(statSync(join(home, 'postgres', 'data')).uid !== 0);
      equal(readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('geheim'), false);
    });

    it('comes back with its data when it is killed, backends at work or not', async () => {
      start(postgresSpec(base, port, 'geheim'));
      const client = await opened();
      await client.query('create table t (n int); insert into t values (42)');
      const busy = await open();
      // A query that does not look up for a long time keeps the shared memory of the dead server.
      busy.query('select count(*) from generate_series(1, 2000000000)').catch(() => {});
      const pid = children.list()[0]?.pid ?? 0;
      process.kill(pid, 'SIGKILL');
      await until(() => exits.length > 0, { deadlineMs: 5000, what: 'the exit' });
      const again = await opened();
      closers.push(() => again.end());
      deepEqual((await again.query('select n from t')).rows, [{ n: 42 }]);
      equal(exits[0]?.reason, 'signal');
    });

    it('stops fast on SIGINT though clients are connected', async () => {
      const spec = postgresSpec(base, port, 'geheim');
      start(spec);
      const client = await opened();
      closers.push(() => client.end());
      equal(spec.stopSignal, 'SIGINT');
      children.stayDown();
      children.kill('postgres', 'SIGINT', { reason: 'exit', detail: 'stopped' });
      ok(await children.ended('postgres', 5000));
      deepEqual([exits[0]?.code, exits[0]?.reason], [0, 'exit']);
    });
  });

  describe('the broker', () => {
    let port = 0;
    beforeEach(async () => {
      port = await freePort();
      start(brokerSpec(base, port, 'geheim'));
      await said('broker', 'listening');
    });
    const open = (password: string) =>
      connectAsync(`mqtt://127.0.0.1:${port}`, { username: 'bulkhead', password, reconnectPeriod: 0 });

    it('lets in who has the password, and nobody else', async () => {
      const client = await open('geheim');
      closers.push(() => client.endAsync(true));
      await rejects(open('falsch'), /Not authorized/);
    });

    it('survives garbage', async () => {
      const client = await open('geheim');
      closers.push(() => client.endAsync(true));
      for (const bytes of ['GET / HTTP/1.1\r\n\r\n', '\x10\xff\xff\xff\x7f', '\x00'.repeat(1000)]) {
        const socket = connectTcp(port, '127.0.0.1', () => socket.end(Buffer.from(bytes, 'latin1')));
        await new Promise<void>((resolve) =>
          socket
            .on('close', () => resolve())
            .on('error', () => {})
            .resume(),
        );
      }
      await client.publishAsync('umh/v1/a/_raw/x', 'still here', { qos: 1 });
      equal(exits.length, 0);
    });

    it('tells the namespace service who publishes what; that answers with values', async () => {
      const path = join(home, 's');
      let service: Peer<{ type: 'uns'; callId: number; prefix: string } | HelloAnswer> | null = null;
      const listener = await listen<Reply, { type: 'uns'; callId: number; prefix: string } | HelloAnswer>(
        { path },
        {
          authenticate: ({ role, id, token }) => (`${role} ${id} ${token}` === 'service namespace t' ? null : 'no'),
          onPeer: (peer) => {
            service = peer;
            return { onMessage: () => {} };
          },
        },
      );
      closers.push(() => listener.close());
      const mqtt = { url: `mqtt://127.0.0.1:${port}`, username: 'bulkhead', password: 'geheim' };
      start(namespaceSpec(base, { supervisorSocket: path, token: 't', mqtt, mqttVersion: 4, maxTopics: 10 }));
      await said('namespace', 'listening');
      const client = await connectAsync(mqtt.url, { ...mqtt, clientId: 'filler' });
      closers.push(() => client.endAsync(true));
      await client.publishAsync(
        'umh/v1/acme/_raw/temperature',
        '{"timestamp_ms":1000,"value":21.5,"quality":"uncertain","unit":"°C"}',
        { qos: 1 },
      );
      const find = async (prefix: string): Promise<unknown> =>
        service?.call((callId) => ({ type: 'uns', callId, prefix }));
      await until(async () => JSON.stringify(await find('')).includes('filler'), {
        deadlineMs: 5000,
        what: 'the value',
      });
      const [value]: unknown[] = [await find('umh.v1.acme')].flat();
      const { receivedAt, ...rest } = isRecord(value) ? value : {};
      equal(typeof receivedAt, 'number');
      deepEqual(rest, {
        topic: 'umh.v1.acme._raw.temperature',
        kind: 'extended',
        value: 21.5,
        quality: 'uncertain',
        sourceTime: 1000,
        unit: '°C',
        publisher: 'filler',
      });
      deepEqual(await find('umh.v1.other'), []);
    });
  });

  // Only root starts the database as somebody else, to whom a folder may be closed.
  const itAsRoot = process.getuid?.() === 0 ? it : () => {};
  itAsRoot('in a folder that others cannot enter works as well as in one that is open', async () => {
    for (const mode of [0o700, 0o755]) {
      chmodSync(home, mode);
      const inner = join(home, `inner-${mode}`);
      mkdirSync(inner);
      const port = await freePort();
      start({ ...postgresSpec({ ...base, home: inner }, port, 'geheim'), name: `postgres-${mode}`, restart: 'none' });
      await said(`postgres-${mode}`, 'ready to accept connections');
      children.kill(`postgres-${mode}`, 'SIGINT');
      ok(await children.ended(`postgres-${mode}`, 5000));
    }
  });
});
