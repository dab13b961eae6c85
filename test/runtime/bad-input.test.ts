/** What goes wrong while the house runs: one clear line each (what, where, what to do), and everything else goes on. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import type { FlowEntry } from '../support/bulkhead-http.ts';
import { type StatusWatch, watchStatuses } from '../support/status-watch.ts';
import { until } from '../support/until.ts';

const env = { BULKHEAD_PLANT: 'false', BULKHEAD_DEMO: 'false' };
const chosenPorts = v.object({ mqtt: v.number(), postgres: v.number() });
const logLines = v.array(v.looseObject({ text: v.string() }));

const tab = (id: string): FlowEntry => ({ id, type: 'tab', label: id, disabled: false, info: '' });
const node = (type: string, z: string, more: object = {}): FlowEntry => ({
  id: `${z}-node`,
  type,
  z,
  name: '',
  x: 200,
  y: 100,
  wires: [],
  ...more,
});

/** A tab with one node on a connection of its own, named as the tab. */
function flowOn(id: string, type: string, connectionType: string, connection: object, more: object = {}): FlowEntry[] {
  return [
    tab(id),
    { id: `${id}-connection`, type: connectionType, name: id, ...connection },
    node(type, id, { connection: `${id}-connection`, ...more }),
  ];
}

const healthy = [
  tab('healthy'),
  { id: 'house-database', type: 'historian-connection', name: 'house', source: 'bulkhead' },
  node('historian-write', 'healthy', { connection: 'house-database' }),
];

const database = { source: 'own', host: '127.0.0.1', database: 'bulkhead', user: 'bulkhead', tls: 'off' };
const nodeId = 'ns=1;s=A';
const topic = 'umh.v1.acme._raw.a';

function badFlows({ mqtt, postgres }: v.InferOutput<typeof chosenPorts>): FlowEntry[] {
  const opcua = { endpoint: 'opc.tcp://127.0.0.1:1' };
  const register = { area: 'holding', address: '0', type: 'uint16', topic };
  const shut = {
    mqtt: { url: `mqtt://127.0.0.1:${mqtt}`, credentials: { username: 'bulkhead', password: 'wrong' } },
    postgres: { ...database, port: postgres, credentials: { password: 'wrong' } },
  };
  return [
    ...flowOn('no-server', 'opcua-read', 'opcua-connection', opcua, { tags: [{ nodeId, topic }] }),
    ...flowOn('no-device', 'modbus-read', 'modbus-connection', { host: '127.0.0.1', port: '1' }, { tags: [register] }),
    ...flowOn('no-broker', 'uns-publish', 'uns-connection', { source: 'own', url: 'mqtt://127.0.0.1:1' }),
    ...flowOn('shut-broker', 'uns-publish', 'uns-connection', { source: 'own', ...shut.mqtt }),
    ...flowOn('no-database', 'historian-write', 'historian-connection', { ...database, port: 1 }),
    ...flowOn('shut-database', 'historian-write', 'historian-connection', shut.postgres),
    tab('unknown-type'),
    node('no-such-node', 'unknown-type'),
  ];
}

/** What the node's dot says, and the one line in the log of its tab. */
const failures = [
  {
    id: 'no-server',
    dot: /no connection, retry in \d+ s/,
    line: /127\.0\.0\.1:1: no server answers.*Check the endpoint/,
  },
  { id: 'no-device', dot: /no connection, retry in \d+ s/, line: /127\.0\.0\.1:1: .*ECONNREFUSED.*Check the address/ },
  {
    id: 'no-broker',
    dot: /no connection, retry in \d+ s/,
    line: /no broker answers at mqtt:\/\/127\.0\.0\.1:1: check/,
  },
  { id: 'shut-broker', dot: /login refused, retry in \d+ s/, line: /refused the login: check user name and password/ },
  { id: 'no-database', dot: /no connection, retry in \d+ s/, line: /no PostgreSQL answers at 127\.0\.0\.1:1: check/ },
  { id: 'shut-database', dot: /login refused, retry in \d+ s/, line: /refused the login of bulkhead: check user name/ },
] as const;

describe('a house with connections that cannot work', function () {
  this.timeout(60_000);
  let bulkhead: Bulkhead;
  let statuses: StatusWatch;

  const linesOf = async (id: string): Promise<string[]> => {
    const response = await bulkhead.request(`/bulkhead/compartments/${id}/logs`);
    return v.parse(logLines, await response.json()).map(({ text }) => text);
  };

  before(async () => {
    bulkhead = await startBulkhead({ flows: healthy, env });
    statuses = watchStatuses(bulkhead.url);
    await statuses.until('healthy-node', ({ fill }) => fill === 'green');
    const ports = v.parse(chosenPorts, JSON.parse(await readFile(path.join(bulkhead.home, 'ports.json'), 'utf8')));
    await bulkhead.deploy([...healthy, ...badFlows(ports)]);
  });

  after(async () => {
    statuses?.close();
    await bulkhead?.stop();
  });

  for (const { id, dot, line } of failures) {
    it(`tells of "${id}" at the node, and once in the log with what to do`, async () => {
      const status = await statuses.until(`${id}-node`, ({ text }) => dot.test(text));
      assert.notEqual(status.fill, 'green');
      const lines = await linesOf(id);
      assert.equal(lines.filter((text) => line.test(text)).length, 1, lines.join('\n'));
    });
  }

  it('names a node type that is missing and starts every other tab', async () => {
    const unknown = await until(
      async () => {
        const compartment = await bulkhead.compartmentOfTab('unknown-type');
        return compartment.state === 'running' ? compartment : undefined;
      },
      { deadlineMs: 10_000, what: 'the tab with the missing type' },
    );
    assert.deepEqual(unknown['missingTypes'], ['no-such-node']);
    assert.match((await linesOf('unknown-type')).join('\n'), /no palette brings no-such-node; install it/);
  });

  it('ends no process over any of them', async () => {
    for (const { name, state, restarts } of await bulkhead.compartments()) {
      assert.deepEqual([state, restarts], ['running', 0], name);
    }
    assert.equal(statuses.latest.get('healthy-node')?.fill, 'green');
  });
});

describe('a house whose own broker and database are elsewhere and down', function () {
  this.timeout(60_000);

  it('gets ready all the same and says at the nodes and in the log what it waits for', async () => {
    const broker = { id: 'house-broker', type: 'uns-connection', name: 'house', source: 'bulkhead' };
    const flows = [...healthy, tab('uns'), broker, node('uns-publish', 'uns', { connection: 'house-broker' })];
    const elsewhere = {
      BULKHEAD_MQTT_URL: 'mqtt://127.0.0.1:1',
      BULKHEAD_POSTGRES_HOST: '127.0.0.1',
      BULKHEAD_POSTGRES_PORT: '1',
    };
    const bulkhead = await startBulkhead({ flows, env: { ...env, ...elsewhere } });
    const statuses = watchStatuses(bulkhead.url);
    try {
      await statuses.until('healthy-node', ({ text }) => text.startsWith('no connection, retry'));
      await statuses.until('uns-node', ({ text }) => text.startsWith('no connection, retry'));
    } finally {
      statuses.close();
      assert.equal(await bulkhead.stop(), 0);
    }
  });
});

describe('a broken flow file', function () {
  this.timeout(60_000);

  it('is told in one line and kept, and the editor comes up without it', async () => {
    const home = await mkdtemp(path.join(tmpdir(), 'bulkhead-home-'));
    await mkdir(path.join(home, 'editor'));
    await writeFile(path.join(home, 'editor', 'flows.json'), '[{"id": "a", ');
    const bulkhead = await startBulkhead({ home, env });
    try {
      const told = bulkhead.output.lines().filter((line) => line.includes('flows.json'));
      assert.equal(told.length, 1, told.join('\n'));
      assert.match(told[0] ?? '', /cannot be used: it is not JSON .*; it was kept as flows\.json\.broken-/);
      const kept = (await readdir(path.join(home, 'editor'))).filter((name) => name.startsWith('flows.json.broken-'));
      assert.equal(await readFile(path.join(home, 'editor', kept[0] ?? ''), 'utf8'), '[{"id": "a", ');
      assert.deepEqual(await (await bulkhead.request('/flows')).json(), []);
    } finally {
      await bulkhead.stop();
      await rm(home, { recursive: true, force: true });
    }
  });
});
