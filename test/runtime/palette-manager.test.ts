/** Palettes are installed, updated, disabled and removed while flows run, asked the same here and in a stock Node-RED. */
import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { WebSocket } from 'ws';
import { isRecord } from '../../packages/runtime/src/node-red/is-record.ts';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import { inject, tab, testNode } from '../support/compartment.ts';
import { type StockNodeRed, startStockNodeRed } from '../support/stock-node-red.ts';
import { until } from '../support/until.ts';

const other = [tab('t1', 'Other'), inject('in', 't1', [])];
const user = [tab('t2', 'User'), testNode('made-up', 'm', 't2')];

/** A palette of one node that says in its status which version of its code runs. */
async function tarball(folder: string, version: string): Promise<string> {
  const from = path.join(folder, version, 'package');
  await mkdir(from, { recursive: true });
  const manifest = { name: 'made-up-palette', version, 'node-red': { nodes: { 'made-up': 'made-up.js' } } };
  await writeFile(path.join(from, 'package.json'), JSON.stringify(manifest));
  await writeFile(
    path.join(from, 'made-up.js'),
    `module.exports = (RED) => RED.nodes.registerType('made-up', function (config) {
       RED.nodes.createNode(this, config);
       this.status({ text: 'version ${version}' });
     });`,
  );
  await writeFile(path.join(from, 'made-up.html'), '<script type="text/html" data-template-name="made-up"></script>');
  const file = path.join(folder, `made-up-palette-${version}.tgz`);
  await promisify(execFile)('tar', ['czf', file, '-C', path.join(folder, version), 'package']);
  return file;
}

describe('a palette that is managed while flows run', function () {
  this.timeout(120_000);
  let folder: string;
  let bulkhead: Bulkhead;
  let stock: StockNodeRed;
  let socket: WebSocket;
  const statuses: Record<string, unknown> = {};
  let pid: number | null | undefined;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'palette-'));
    const userDir = path.join(folder, 'stock');
    await mkdir(userDir);
    await writeFile(path.join(userDir, 'flows.json'), JSON.stringify(other));
    const nodeRed = path.dirname(createRequire(import.meta.url).resolve('node-red/package.json'));
    [bulkhead, stock] = await Promise.all([
      startBulkhead({ flows: other, env: { BULKHEAD_PLANT: 'false', BULKHEAD_DEMO: 'false' } }),
      startStockNodeRed({ nodeRed, userDir }),
    ]);
    ({ pid } = await bulkhead.compartmentOfTab('Other'));
    socket = new WebSocket(`${bulkhead.url.replace('http', 'ws')}/comms`);
    socket.on('open', () => socket.send(JSON.stringify({ subscribe: 'status/#' })));
    socket.on('message', (data: Buffer) => {
      const messages: unknown = JSON.parse(data.toString());
      for (const message of Array.isArray(messages) ? messages : [messages])
        if (isRecord(message) && isRecord(message['data']))
          statuses[String(message['topic'])] = message['data']['text'];
    });
  });
  after(async () => {
    socket?.close();
    await Promise.all([bulkhead?.stop(), stock?.stop()]);
    await rm(folder, { recursive: true, force: true });
  });
  afterEach(async () => {
    equal((await bulkhead.compartmentOfTab('Other')).pid, pid, 'the other tab was not touched');
  });

  /** The status, which is the same in both. */
  async function both(method: string, where: string, body?: unknown): Promise<number> {
    const statusesOf = await Promise.all(
      [stock.url, bulkhead.url].map(async (url) => {
        const form = body instanceof FormData;
        const headers: Record<string, string> = form ? {} : { 'content-type': 'application/json' };
        const content = form ? body : JSON.stringify(body);
        const init = content === undefined ? { method, headers } : { method, headers, body: content };
        const response = await fetch(url + where, { ...init, signal: AbortSignal.timeout(60_000) });
        const text = await response.text();
        return response.status < 400 ? response.status : `${response.status} ${text}`;
      }),
    );
    equal(statusesOf[1], statusesOf[0]);
    return Number.parseInt(String(statusesOf[0]), 10);
  }
  async function upload(version: string): Promise<number> {
    const form = new FormData();
    form.append(
      'tarball',
      new Blob([await readFile(await tarball(folder, version))]),
      `made-up-palette-${version}.tgz`,
    );
    return both('POST', '/nodes', form);
  }
  const runsVersion = (version: string): Promise<boolean> =>
    until(() => statuses['status/m'] === `version ${version}`, { deadlineMs: 20_000, what: `version ${version} runs` });
  const missing = (...types: string[]): Promise<unknown> =>
    until(
      async () => {
        const { missingTypes } = await bulkhead.compartmentOfTab('User');
        return JSON.stringify(missingTypes) === JSON.stringify(types);
      },
      { deadlineMs: 20_000, what: `missing: ${types.join() || 'nothing'}` },
    );

  it('installed from a file: a new tab that uses it runs', async () => {
    equal(await upload('1.0.0'), 200);
    equal(await both('POST', '/flows', [...other, ...user]), 204);
    await runsVersion('1.0.0');
  });

  it('updated: the tab that uses it, and only that, runs the new version', async () => {
    const before = (await bulkhead.compartmentOfTab('User')).pid;
    equal(await upload('1.1.0'), 200);
    await runsVersion('1.1.0');
    const after = await bulkhead.compartmentOfTab('User');
    notEqual(after.pid, before);
    deepEqual([after.state, after.restarts, after.lastExit], ['running', 0, null]);
  });

  it('is neither disabled nor removed while it is used', async () => {
    equal(await both('PUT', '/nodes/made-up-palette', { enabled: false }), 400);
    equal(await both('DELETE', '/nodes/made-up-palette'), 400);
    equal((await bulkhead.compartmentOfTab('User')).state, 'running');
  });

  it('disabled: a tab that uses it says what it misses; enabled: it runs', async () => {
    equal(await both('POST', '/flows', other), 204);
    equal(await both('PUT', '/nodes/made-up-palette', { enabled: false }), 200);
    equal(await both('POST', '/flows', [...other, ...user]), 204);
    await missing('made-up');
    delete statuses['status/m'];
    equal(await both('PUT', '/nodes/made-up-palette', { enabled: true }), 200);
    await missing();
    await runsVersion('1.1.0');
  });

  it('removed: a tab that uses it says what it misses; installed again: it runs', async () => {
    equal(await both('POST', '/flows', other), 204);
    equal(await both('DELETE', '/nodes/made-up-palette'), 204);
    equal(await both('POST', '/flows', [...other, ...user]), 204);
    await missing('made-up');
    delete statuses['status/m'];
    equal(await upload('1.2.0'), 200);
    await missing();
    await runsVersion('1.2.0');
  });

  it('that does not exist is an error, and nothing else changes', async () => {
    const form = new FormData();
    form.append('tarball', new Blob(['no archive']), 'broken.tgz');
    const response = await fetch(`${bulkhead.url}/nodes`, { method: 'POST', body: form });
    ok(response.status >= 400);
    await runsVersion('1.2.0');
  });
});
