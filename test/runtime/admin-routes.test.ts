/** Admin routes that node files add, asked the same things here and in an unmodified Node-RED. */
import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import { debug, inject, tab, testNode } from '../support/compartment.ts';
import { type EditorUnderTest, startEditor } from '../support/editor.ts';
import { type StockNodeRed, startStockNodeRed } from '../support/stock-node-red.ts';

const palettes = path.resolve(import.meta.dirname, '../fixtures');
const flows = [
  tab('t1'),
  tab('t2'),
  testNode('route-node', 'r1', 't1', { name: 'one' }),
  testNode('route-node', 'r2', 't2', { name: 'two' }),
  { id: 's', type: 'subflow', name: 's', in: [], out: [] },
  inject('sin', 's', ['sdbg']),
  debug('sdbg', 's'),
  testNode('route-node', 'sr', 's', { name: 'inside' }),
  { id: 'i1', type: 'subflow:s', z: 't1', x: 1, y: 1, wires: [] },
  { id: 'i2', type: 'subflow:s', z: 't2', x: 1, y: 1, wires: [] },
  { id: 'outer', type: 'subflow', name: 'outer', in: [], out: [] },
  { id: 'in-ner', type: 'subflow:s', z: 'outer', x: 1, y: 1, wires: [] },
  { id: 'i3', type: 'subflow:outer', z: 't2', x: 1, y: 1, wires: [] },
];
const upload = randomBytes(3 * 1024 * 1024);

type Ask = readonly [method: string, path: string, body?: string | Buffer];
const questions: readonly Ask[] = [
  ['GET', '/rt/get/r1'],
  ['GET', '/rt/get/r2?x=r1'],
  ['HEAD', '/rt/get/r1'],
  ['GET', '/rt/get/none'],
  ['POST', '/rt/get/r1', '{}'],
  ['GET', '/rt/get/i1-sr'],
  ['GET', '/rt/get/i3-in-ner-sr'],
  ['GET', '/rt/all/r1'],
  ['PUT', '/rt/all/r2', '{}'],
  ['DELETE', '/rt/all/r2'],
  ['GET', '/rt/route/r1'],
  ['POST', '/rt/route/r2', '{"a":1}'],
  ['GET', '/rt/guarded/r2'],
  ['GET', '/rt/query?node=r2'],
  ['GET', '/rt/query?node=none'],
  ['POST', '/rt/body', '{"node":"r2"}'],
  ['POST', '/rt/body', '{"node":"none"}'],
  ['GET', '/rt/router/r1'],
  ['GET', '/rt/router/later/r2'],
  ['GET', '/rt/router/none'],
  ['GET', '/rt/app/r2'],
  ['GET', '/rt/use?node=r2'],
  ['GET', '/rt/use?node=none'],
  ['GET', '/rt/throws/r2'],
  ['GET', '/rt/pass/r1'],
  ['GET', '/rt/param/r2'],
  ['GET', '/rt/param/none'],
  ['POST', '/rt/upload/r1', upload],
  ['POST', '/rt/upload/r2', Buffer.alloc(0)],
  ['GET', '/rt/binary/r2'],
  ['HEAD', '/rt/binary/r2'],
  ['GET', '/rt/no-node'],
  ['POST', '/inject/sin', '{}'],
  ['POST', '/inject/i1-sin', '{}'],
  ['POST', '/inject/i3-in-ner-sin', '{}'],
  ['POST', '/inject/i9-sin', '{}'],
  ['POST', '/debug/sdbg/disable', '{}'],
  ['POST', '/debug/i2-sdbg/disable', '{}'],
  ['POST', '/debug/disable', '{"nodes":["i1-sdbg","i2-sdbg","none"]}'],
  ['POST', '/debug/enable', '{"nodes":[]}'],
  ['POST', '/debug/bogus', '{"nodes":["i1-sdbg"]}'],
  ['GET', '/udp-ports/r1'],
];

async function ask(url: string, [method, where, body]: Ask): Promise<unknown> {
  const headers = { 'content-type': typeof body === 'string' ? 'application/json' : 'application/octet-stream' };
  const given = body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) };
  const response = await fetch(url + where, { method, headers, ...given, signal: AbortSignal.timeout(10_000) });
  const bytes = Buffer.from(await response.arrayBuffer());
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    length: response.headers.get('content-length') ?? bytes.length,
    passed: response.headers.get('x-passed'),
    body: bytes.length < 2_000 ? bytes.toString() : createHash('sha256').update(bytes).digest('hex'),
  };
}

describe('admin routes of nodes answer as in a stock Node-RED', function () {
  this.timeout(90_000);
  let bulkhead: Bulkhead;
  let stock: StockNodeRed;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'stock-'));
    await writeFile(path.join(folder, 'flows.json'), JSON.stringify(flows));
    await mkdir(path.join(folder, 'node_modules'));
    await symlink(path.join(palettes, 'route-palette'), path.join(folder, 'node_modules', 'route-palette'));
    const nodeRed = path.dirname(createRequire(import.meta.url).resolve('node-red/package.json'));
    const env = { BULKHEAD_PLANT: 'false', BULKHEAD_DEMO: 'false' };
    [bulkhead, stock] = await Promise.all([
      startBulkhead({ flows, settings: `palettes: [${palettes}]`, env }),
      startStockNodeRed({ nodeRed, userDir: folder }),
    ]);
    notEqual((await bulkhead.compartmentOfTab('t1')).pid, (await bulkhead.compartmentOfTab('t2')).pid);
  });
  after(async () => {
    await Promise.all([bulkhead?.stop(), stock?.stop()]);
    await rm(folder, { recursive: true, force: true });
  });

  for (const question of questions) {
    const [method, where, body] = question;
    it(`${method} ${where}${typeof body === 'string' ? ` ${body}` : ''}`, async () => {
      deepEqual(await ask(bulkhead.url, question), await ask(stock.url, question));
    });
  }

  it('an upload that is too large is refused', async () => {
    const answer = await ask(bulkhead.url, ['POST', '/rt/upload/r1', Buffer.alloc(6 * 1024 * 1024)]);
    ok(typeof answer === 'object' && answer !== null && 'status' in answer);
    equal(answer.status, 413);
  });
});

describe('a permission that is missing', function () {
  this.timeout(30_000);
  let editor: EditorUnderTest;
  after(() => editor.close());

  it('is noticed in the editor, whatever kind of route asks for it', async () => {
    const password = '$2a$08$zZWtXTja0fB1pzD4sHCMyOCMYz2Z6dNbM6tl8sJogENOMcxWV9DN.';
    const users = [{ username: 'ann', password, permissions: 'read' }];
    const login = { users, tokens: [], default: 'read', sessionS: 60, metrics: 'login' };
    editor = await startEditor({ flows, boot: { nodesDirs: [palettes], login } });
    let forwarded = 0;
    editor.supervisor.onCall = () => {
      forwarded += 1;
      return { status: 200, headers: {}, body: Buffer.from('secret') };
    };
    for (const [method, where, body] of questions.filter(([, where]) => where.startsWith('/rt/'))) {
      if (method === 'HEAD' || method === 'PUT' || method === 'DELETE' || Buffer.isBuffer(body)) continue;
      const answer = method === 'POST' ? await editor.post(where, JSON.parse(body ?? '{}')) : await editor.get(where);
      // There is no route for a POST to it, nor may a parameter's check say so before it asks who wants to know.
      const expected = (method === 'POST' && where.startsWith('/rt/get/')) || where === '/rt/param/none' ? 404 : 401;
      equal(answer.status, expected, `${method} ${where}`);
    }
    equal(forwarded, 0);
  });
});
