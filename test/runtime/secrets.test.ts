import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import { func, inject, tab } from '../support/compartment.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';

const secrets = {
  ofNode: 'secret-of-a-node-5d1f',
  ofBroker: 'secret-of-the-broker-77ac',
  ofEnvironment: 'secret-of-the-environment-e09b',
};
/** 32 random bytes as `token.ts` writes them: in hexadecimal, or as base64url. */
const tokenLike = /(?<![\w/.-])(?:[0-9a-f]{64}|[\w-]{43})(?![\w/.-])/;
const given = 'a variable that flows may see';

describe('secrets of a house', function () {
  this.timeout(90_000);
  let bulkhead: Bulkhead;
  let home: string;

  before(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'bulkhead-secrets-'));
    await writeFile(path.join(home, 'broker.password'), secrets.ofBroker, { mode: 0o600 });
    const port = await freePort();
    const settings = [
      'plant: {enabled: false}',
      'demo: false',
      'postgres: {host: 127.0.0.1, port: 9}',
      `mqtt: {url: 'mqtt://127.0.0.1:${port}', username: u, passwordFile: broker.password}`,
      'env: [FOR_FLOWS]',
    ].join('\n');
    await writeFile(path.join(home, 'bulkhead.yaml'), settings);
    bulkhead = await startBulkhead({ home, env: { NOT_FOR_FLOWS: secrets.ofEnvironment, FOR_FLOWS: given } });
    await bulkhead.deploy([
      tab('t'),
      inject('t-go', 't', ['t-run']),
      func(
        't-run',
        't',
        "node.status({text: String(env.get('FOR_FLOWS')) + String(env.get('NOT_FOR_FLOWS'))}); throw new Error('x');",
      ),
      { id: 'out', type: 'mqtt out', z: 't', x: 1, y: 1, topic: 'a', broker: 'broker', wires: [] },
      {
        id: 'broker',
        type: 'mqtt-broker',
        name: '',
        broker: '127.0.0.1',
        port: String(port),
        usetls: false,
        protocolVersion: '4',
        keepalive: '60',
        cleansession: true,
        credentials: { user: 'somebody', password: secrets.ofNode },
      },
      {
        id: 'uns',
        type: 'uns-connection',
        z: 't',
        source: 'bulkhead',
      },
      { id: 'pub', type: 'uns-publish', z: 't', x: 1, y: 1, connection: 'uns', wires: [] },
    ]);
    await until(async () => (await bulkhead.compartmentOfTab('t')).state === 'running', {
      deadlineMs: 20_000,
      what: 'the tab runs',
    });
    await bulkhead.request('/inject/t-go', { method: 'POST' });
  });
  after(async () => {
    await bulkhead.stop();
    await rm(home, { recursive: true, force: true });
  });

  /** Every process of the house, with what the operating system shows of it to others. */
  const shown = async (): Promise<{ readonly name: string; readonly argv: string; readonly environment: string }[]> =>
    (await bulkhead.processes()).flatMap(({ name, pid }) =>
      typeof pid === 'number'
        ? [
            {
              name,
              argv: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '),
              environment: readFileSync(`/proc/${pid}/environ`, 'utf8').replaceAll('\0', '\n'),
            },
          ]
        : [],
    );

  it('reach those who need them: the editor keeps the password of the node, encrypted', () => {
    const kept: unknown = JSON.parse(readFileSync(path.join(home, 'editor', 'flows_cred.json'), 'utf8'));
    match(v.parse(v.object({ $: v.string() }), kept).$, /^[0-9a-f]{32}/);
  });

  it('stand in no argument and in no environment of its processes, nor do tokens', async () => {
    const processes = await shown();
    ok(processes.length >= 5, processes.map(({ name }) => name).join());
    for (const { name, argv, environment } of processes) {
      for (const secret of [secrets.ofNode, secrets.ofBroker]) {
        ok(!argv.includes(secret) && !environment.includes(secret), `${name} shows a secret`);
      }
      equal(tokenLike.exec(argv)?.[0], undefined, `${name} shows a token in its arguments`);
      if (name !== 'keeper')
        equal(tokenLike.exec(environment)?.[0], undefined, `${name} shows a token in its environment`);
    }
  });

  it('of the environment stay with the keeper: others get what is on the list', async () => {
    const seen = (await shown()).filter(({ environment }) => environment.includes(secrets.ofEnvironment));
    deepEqual(
      seen.map(({ name }) => name),
      ['keeper'],
    );
    const compartment = (await shown()).find(({ name }) => name === 'compartment:t');
    match(compartment?.environment ?? '', new RegExp(`^FOR_FLOWS=${given}$`, 'm'));
  });

  it('stand in no log and in no file of the home but those that are for them, which only the owner reads', async () => {
    const inSecrets = v.parse(
      v.object({ mqttPassword: v.string(), postgresPassword: v.string() }),
      JSON.parse(readFileSync(path.join(home, 'secrets.json'), 'utf8')),
    );
    await until(
      () => readFileSync(path.join(home, 'logs', 'compartment_t.log'), 'utf8').includes('[function:t-run] x'),
      {
        deadlineMs: 10_000,
        what: 'the error in the log',
      },
    );
    const found: string[] = [];
    for (const file of readdirSync(home, { recursive: true, encoding: 'utf8' })) {
      const whole = path.join(home, file);
      if (!statSync(whole, { throwIfNoEntry: false })?.isFile()) continue;
      const text = readFileSync(whole, 'latin1');
      for (const secret of [...Object.values(secrets), ...Object.values(inSecrets)])
        if (text.includes(secret)) found.push(file);
    }
    deepEqual([...new Set(found)].sort(), ['broker.password', 'secrets.json']);
    equal(statSync(path.join(home, 'secrets.json')).mode & 0o777, 0o600);
    for (const folder of ['editor', 'compartments', 'logs', 'supervisor'])
      equal(statSync(path.join(home, folder)).mode & 0o777, 0o700, folder);
  });
});
