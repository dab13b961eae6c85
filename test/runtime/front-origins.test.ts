/** Who may talk to what: flows to whom they let in, the editor and the house to their own pages alone. */
import { deepEqual, equal } from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Front } from '../../packages/runtime/src/supervisor/front/front.ts';
import { openTestFront } from '../support/front.ts';

describe('a request from a page of another origin, or under a name that is not listed', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-origins-'));
  const sockets = { editor: path.join(folder, 'editor.sock'), tab: path.join(folder, 'tab.sock') };
  let front: Front;
  let servers: Server[];
  let routesAreComing = false;
  /** What came to whom. */
  let came: string[];

  const process = async (name: 'editor' | 'tab'): Promise<Server> => {
    const server = createServer((incoming, response) => {
      came.push(`${name} ${incoming.method} ${incoming.url}`);
      incoming.resume();
      response.setHeader('access-control-allow-origin', '*').end(name);
    });
    server.on('upgrade', (incoming, socket) => {
      came.push(`${name} upgrade ${incoming.url}`);
      socket.on('error', () => {});
      socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    });
    await once(server.listen(sockets[name]), 'listening');
    return server;
  };

  beforeEach(async () => {
    came = [];
    routesAreComing = false;
    servers = [await process('editor'), await process('tab')];
    front = await openTestFront({
      editorSocket: sockets.editor,
      tab: {
        socketPath: sockets.tab,
        routes: [
          { kind: 'pattern', methods: ['get', 'head', 'post'], regexp: '^\\/api(?:\\/.*)?$', flags: 'i' },
          { kind: 'prefix', path: '/dashboard' },
        ],
      },
      routesAreComing: () => routesAreComing,
    });
  });
  afterEach(async () => {
    await front.close();
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const ask = (method: string, target: string, headers: Record<string, string>): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const asking = request({ port: front.port, host: '127.0.0.1', method, path: target, headers, agent: false });
      asking.setTimeout(5_000, () => asking.destroy(new Error('no answer')));
      asking.on('error', reject);
      asking.on('upgrade', (response, socket) => {
        socket.destroy();
        resolve(response.statusCode);
      });
      asking.on('response', (response) => {
        response.on('error', reject).on('close', () => resolve(response.statusCode));
        response.resume();
      });
      asking.end();
    });

  const strangers: Record<string, Record<string, string>> = {
    'of another origin': { origin: 'http://hmi.example:8080' },
    'of an opaque origin': { origin: 'null' },
    'under another name': { host: 'plc-gateway.local:1880' },
  };
  const upgrade = { connection: 'Upgrade', upgrade: 'websocket' };

  for (const [what, headers] of Object.entries(strangers)) {
    it(`comes to a flow: ${what}`, async () => {
      for (const method of ['GET', 'POST', 'OPTIONS']) equal(await ask(method, '/api/orders', headers), 200);
      equal(await ask('GET', '/dashboard/socket.io/?transport=polling', headers), 200);
      equal(await ask('GET', '/dashboard/socket.io/', { ...headers, ...upgrade }), 101);
      deepEqual(came, [
        'tab GET /api/orders',
        'tab POST /api/orders',
        'tab OPTIONS /api/orders',
        'tab GET /dashboard/socket.io/?transport=polling',
        'tab upgrade /dashboard/socket.io/',
      ]);
    });

    it(`does not come to the editor nor to the house: ${what}`, async () => {
      for (const target of [
        '/',
        '/flows',
        '/flow/1',
        '/Flows',
        '/palette/admin',
        '/metrics',
        '/bulkhead/plan',
        '//flows',
      ])
        for (const method of ['GET', 'POST', 'OPTIONS', 'DELETE'])
          equal((await ask(method, target, headers)) === 200, false, `${method} ${target}`);
      for (const target of ['/comms', '/bulkhead/plan', '/elsewhere'])
        equal(await ask('GET', target, { ...headers, ...upgrade }), 403, target);
      deepEqual(came, []);
    });

    it(`does not come there by a path that leads out of a flow's: ${what}`, async () => {
      const ways = ['/api/../flows', '/api/%2e%2e/flows', '/api/..%2fflows', '/api/x/../../flows', '/api\\..\\flows'];
      for (const target of ways) await ask('POST', target, headers);
      for (const target of ways) await ask('GET', target, { ...headers, ...upgrade });
      deepEqual(
        came.filter((line) => !line.startsWith('tab')),
        [],
      );
    });
  }

  it('is told to come again while it is not known yet what the flows serve', async () => {
    routesAreComing = true;
    equal(await ask('GET', '/later', { origin: 'http://hmi.example' }), 503);
    equal(await ask('GET', '/flows', { origin: 'http://hmi.example' }), 403);
    deepEqual(came, []);
  });
});
