/** Paths below those of the editor's API: what the editor does not serve is a flow's that has such a route. */
import { deepEqual, equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { passedOnHeader } from '../../packages/runtime/src/protocol/passport.ts';
import type { Front } from '../../packages/runtime/src/supervisor/front/front.ts';
import { openTestFront } from '../support/front.ts';
import { askRaw } from '../support/raw-http.ts';

describe('a path that the editor and a flow may both serve', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-shared-'));
  const sockets = { editor: path.join(folder, 'editor.sock'), tab: path.join(folder, 'tab.sock') };
  let front: Front;
  let servers: Server[];
  /** Who got what, with the length of its body. */
  let came: string[];

  const process = async (name: 'editor' | 'tab'): Promise<Server> => {
    const server = createServer((incoming, response) => {
      let bytes = 0;
      incoming.on('data', (chunk: Buffer) => (bytes += chunk.length));
      incoming.on('end', () => {
        came.push(`${name} ${incoming.method} ${incoming.url} ${bytes}`);
        if (name === 'tab') return response.end('from the flow');
        if (incoming.url?.startsWith('/flow/')) return response.writeHead(404).end('no such flow');
        if (incoming.url === '/settings') return response.end('of the editor');
        return response.writeHead(404, { [passedOnHeader]: 'yes' }).end('Cannot');
      });
    });
    server.on('upgrade', (incoming, socket) => {
      came.push(`${name} upgrade ${incoming.url}`);
      socket.on('error', () => {}).end('HTTP/1.1 101 Switching Protocols\r\n\r\n');
    });
    await once(server.listen(sockets[name]), 'listening');
    return server;
  };

  beforeEach(async () => {
    came = [];
    servers = [await process('editor'), await process('tab')];
    const routes = [{ kind: 'pattern', methods: [], regexp: '^/(debug|flow|settings)(/.*)?$', flags: '' }] as const;
    front = await openTestFront({ editorSocket: sockets.editor, tab: { socketPath: sockets.tab, routes } });
  });
  afterEach(async () => {
    await front.close();
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const ask = async (where: string, init: RequestInit = {}): Promise<string> => {
    const response = await fetch(`http://127.0.0.1:${front.port}${where}`, init);
    equal(response.headers.get(passedOnHeader), null);
    return `${response.status} ${await response.text()}`;
  };

  it("is the flow's where the editor serves nothing there, with its body", async () => {
    equal(await ask('/debug/status?a=1'), '200 from the flow');
    equal(await ask('/debug/status', { method: 'POST', body: 'x'.repeat(300_000) }), '200 from the flow');
    deepEqual(came, [
      'editor GET /debug/status?a=1 0',
      'tab GET /debug/status?a=1 0',
      'editor POST /debug/status 300000',
      'tab POST /debug/status 300000',
    ]);
  });

  it("is the editor's where it serves it, be it with 404", async () => {
    equal(await ask('/settings'), '200 of the editor');
    equal(await ask('/flow/none'), '404 no such flow');
    equal(await ask('/nodes/none'), '404 Cannot');
    deepEqual(
      came.filter((line) => line.startsWith('tab')),
      [],
    );
  });

  it('is refused to pages of other origins, because the editor is asked first', async () => {
    match(await ask('/debug/status', { headers: { origin: 'http://hmi.example' } }), /^403 /);
    deepEqual(came, []);
  });

  it("is the editor's with a body that is too long to be handed on twice", async () => {
    equal(await ask('/debug/status', { method: 'POST', body: 'x'.repeat(6_000_000) }), '404 Cannot');
    deepEqual(came, ['editor POST /debug/status 6000000']);
  });

  it("is the flow's as a websocket, but for that of the editor", async () => {
    for (const target of ['/debug/ws', '/comms']) {
      const lines = [`GET ${target} HTTP/1.1`, 'Host: localhost', 'Connection: Upgrade', 'Upgrade: websocket', '', ''];
      match(await askRaw(lines.join('\r\n'), { port: front.port }), /^HTTP\/1.1 101 /);
    }
    deepEqual(came, ['tab upgrade /debug/ws', 'editor upgrade /comms']);
  });
});
