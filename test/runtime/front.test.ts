import { Poison } from '../../packages/runtime/src/supervisor/crashes/poison.ts';
import { equal, rejects } from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import {
  Agent,
  createServer,
  type IncomingMessage,
  request,
  type RequestListener,
  type RequestOptions,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { passportHeader } from '../../packages/runtime/src/protocol/passport.ts';
import type { Front } from '../../packages/runtime/src/supervisor/front/front.ts';
import { openTestFront } from '../support/front.ts';
import { until } from '../support/until.ts';

const suspect = {
  id: 's',
  method: 'POST',
  url: '/order',
  compartmentId: 'tab',
  flowsHash: null,
  kills: 3,
  lastAt: 0,
  refused: 0,
};
const suspects = { loaded: [suspect], save() {}, saved: () => Promise.resolve() };

/** What is answered, by a client that keeps one connection where its agent does. */
function told(port: number, options: RequestOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const asking = request({ port, host: '127.0.0.1', ...options }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('error', reject).on('end', () => resolve(body));
    });
    asking.setTimeout(5_000, () => asking.destroy(new Error('no answer in time')));
    asking.on('error', reject).end('{}');
  });
}

describe('the front between a client and a process that dies', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-front-'));
  const socketPath = path.join(folder, 'editor.sock');
  let front: Front;
  let routesAreComing = false;
  let backend: Server | undefined;
  let logged: string[];
  let poison: Poison;

  const serve = async (listener: RequestListener): Promise<void> => {
    backend = createServer(listener).listen(socketPath);
    await once(backend, 'listening');
  };

  beforeEach(async () => {
    logged = [];
    poison = new Poison(suspects);
    front = await openTestFront({
      editorSocket: socketPath,
      tab: { socketPath, routes: [{ kind: 'pattern', methods: ['post'], regexp: '^/order$', flags: '' }] },
      poison,
      routesAreComing: () => routesAreComing,
      log: (line) => logged.push(line),
    });
  });
  afterEach(async () => {
    await front.close();
    backend?.closeAllConnections();
    backend?.close();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('says that nobody answers when the socket is not there', async () => {
    const response = await fetch(`http://127.0.0.1:${front.port}/flows`);
    equal(response.status, 503);
  });

  it('says 503 and not 404 while tabs that may serve it are on their way up', async () => {
    await serve((_incoming, response) => response.writeHead(404).end('Cannot POST /later'));
    const status = async () => (await fetch(`http://127.0.0.1:${front.port}/later`, { method: 'POST' })).status;
    equal(await status(), 404);
    routesAreComing = true;
    equal(await status(), 503);
    routesAreComing = false;
    equal(await status(), 404);
  });

  it('keeps its connection to a process, so that no answer is lost to one that closes', async () => {
    let connections = 0;
    await serve((incoming, response) => {
      incoming.resume().on('end', () => response.end('done'));
    });
    backend?.on('connection', () => (connections += 1));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let n = 0; n < 20; n += 1) equal(await told(front.port, { method: 'POST', path: '/flows', agent }), 'done');
    agent.destroy();
    equal(connections, 1);
  });

  it('hands a body on that does not end, also where such a request was set aside, and outlives its client', async () => {
    await serve((incoming, response) => {
      let bytes = 0;
      incoming.on('error', () => {});
      incoming.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes === 6_000_000) response.write('so far');
      });
    });
    const upload = request({ port: front.port, host: '127.0.0.1', method: 'POST', path: '/order' });
    const answered = once(upload, 'response', { signal: AbortSignal.timeout(10_000) });
    upload.write(Buffer.alloc(6_000_000));
    await answered;
    const gone = once(upload, 'close');
    upload.on('error', () => {}).destroy();
    await gone;
    equal((await fetch(`http://127.0.0.1:${front.port}/healthz`)).status, 200);
  });

  it('tells when the whole answer has come', async () => {
    let number = '';
    const half = Promise.withResolvers<ServerResponse>();
    await serve((incoming, response) => {
      number = /"number":"([^"]+)"/.exec(String(incoming.headers[passportHeader]))?.[1] ?? '';
      response.write('half');
      half.resolve(response);
    });
    const answer = told(front.port, { method: 'POST', path: '/order' });
    const response = await half.promise;
    equal(poison.wasAnswered(number), false);
    response.end(' done');
    equal(await answer, 'half done');
    equal(poison.wasAnswered(number), true);
  });

  it('closes though a browser holds its WebSocket open', async () => {
    await serve(() => {});
    backend?.on('upgrade', (_request, socket) => {
      socket.on('error', () => {});
      socket.on('data', () => {}).on('end', () => socket.end());
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
    });
    const asking = request({
      port: front.port,
      path: '/comms',
      headers: { connection: 'Upgrade', upgrade: 'websocket' },
    });
    asking.end();
    const [, socket]: [IncomingMessage, Socket] = await new Promise((resolve) => {
      asking.once('upgrade', (response, upgraded) => resolve([response, upgraded]));
    });
    socket.on('error', () => {});
    const gone = once(socket, 'close');
    await front.close();
    await gone;
  });

  it('outlives a process that dies in the middle of its answer, while the client still sends', async () => {
    await serve((incoming, response) => {
      response.writeHead(200).write('half');
      setTimeout(() => incoming.socket.destroy(), 50);
    });
    const upload = request({ port: front.port, host: '127.0.0.1', method: 'POST', path: '/flows' });
    const more = setInterval(() => upload.write(Buffer.alloc(200_000)), 10);
    upload.on('error', () => clearInterval(more));
    upload.on('close', () => clearInterval(more));
    const answered = new Promise((resolve, reject) => {
      upload.on('error', reject);
      upload.on('response', (response) => {
        response.on('error', reject);
        response.on('end', resolve);
        response.resume();
      });
    });
    await rejects(answered);
    await until(() => logged.length > 0, { deadlineMs: 5_000, what: 'a line about the answer that broke off' });
    equal((await fetch(`http://127.0.0.1:${front.port}/healthz`)).status, 200);
  });
});
