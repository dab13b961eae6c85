/** What a process sees of a request that the front hands to it, and what a client sees of the answer. */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mostPassportBytes, requestNumberOf, takePassport } from '../../packages/runtime/src/protocol/passport.ts';
import type { Front } from '../../packages/runtime/src/supervisor/front/front.ts';
import { openTestFront } from '../support/front.ts';
import { askRaw } from '../support/raw-http.ts';

const lines = (...all: string[]): string => `${all.join('\r\n')}\r\n\r\n`;

describe('a request that goes through the front', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-head-'));
  const socketPath = path.join(folder, 'tab.sock');
  let front: Front;
  let server: Server;
  let seen: IncomingMessage[];
  let bodies: string[];
  let respond: RequestListener;

  beforeEach(async () => {
    seen = [];
    bodies = [];
    respond = (_incoming, response) => response.end('done');
    server = createServer({ maxHeaderSize: mostPassportBytes }, (incoming, response) => {
      takePassport(incoming);
      const place = seen.push(incoming) - 1;
      bodies[place] = '';
      incoming.on('error', () => {});
      incoming.on('data', (chunk: Buffer) => (bodies[place] += chunk.toString()));
      incoming.on('end', () => respond(incoming, response));
    });
    server.on('upgrade', (incoming: IncomingMessage, socket) => {
      takePassport(incoming);
      seen.push(incoming);
      socket.on('error', () => {});
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Mine: yes\r\n\r\n',
      );
      socket.on('data', (chunk: Buffer) => socket.end(`heard ${chunk.toString()}`));
    });
    await once(server.listen(socketPath), 'listening');
    front = await openTestFront({
      editorSocket: path.join(folder, 'none.sock'),
      tab: { socketPath, routes: [{ kind: 'prefix', path: '/tab' }] },
    });
  });
  afterEach(async () => {
    await front.close();
    server.closeAllConnections();
    server.close();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const ask = (bytes: string, from?: string): Promise<string> =>
    askRaw(bytes, { port: front.port, ...(from === undefined ? {} : { from }) });

  it('has the head that the client wrote, and nothing else', async () => {
    const head = [
      ...['HOST', 'Plant.example:81', 'X-Many', 'a', 'x-many', 'b', 'Cookie', 'a="1"', 'cookie', 'b=2'],
      ...['X-Forwarded-For', '10.0.0.9', 'X-Forwarded-Proto', 'https', 'X-Name', '\xe4\xf6', 'Authorization', 'one'],
      ...['authorization', 'two', 'Connection', 'close', 'TE', 'trailers', 'X-Bulkhead-Request', '7'],
      ...['X-Bulkhead-Passport', '{"ends":{"remoteAddress":"6.6.6.6"},"number":"6"}', 'Expect', '100-continue'],
    ];
    const written = head.flatMap((name, n) => (n % 2 ? [] : [`${name}: ${head[n + 1]}`]));
    match(await ask(lines('POST /tab/x?a=1 HTTP/1.1', ...written)), /done/);
    const [request] = seen;
    deepEqual(request?.rawHeaders, head);
    equal(request?.url, '/tab/x?a=1');
    deepEqual(request?.headers, {
      host: 'Plant.example:81',
      'x-many': 'a, b',
      cookie: 'a="1"; b=2',
      'x-forwarded-for': '10.0.0.9',
      'x-forwarded-proto': 'https',
      'x-name': '\xe4\xf6',
      authorization: 'one',
      connection: 'close',
      te: 'trailers',
      'x-bulkhead-request': '7',
      'x-bulkhead-passport': '{"ends":{"remoteAddress":"6.6.6.6"},"number":"6"}',
      expect: '100-continue',
    });
    deepEqual(request?.headersDistinct['x-many'], ['a', 'b']);
    equal(request?.socket.remoteAddress, '127.0.0.1');
    ok(requestNumberOf(request) !== '6');
  });

  it('comes from the address of its client, also after the answer, each client on a connection of its own', async () => {
    const twice = lines('GET /tab HTTP/1.1', 'Host: localhost') + lines('GET /tab HTTP/1.0', 'Host: localhost');
    await Promise.all([ask(twice, '127.0.0.2'), ask(twice, '127.0.0.3')]);
    const sockets = new Set(seen.map(({ socket }) => socket));
    const from = [...sockets].map(({ remoteAddress, remoteFamily }) => `${remoteFamily} ${remoteAddress}`);
    deepEqual([...new Set(from)].toSorted(), ['IPv4 127.0.0.2', 'IPv4 127.0.0.3']);
    deepEqual(seen.map(({ socket }) => socket.remoteAddress).toSorted(), [
      '127.0.0.2',
      '127.0.0.2',
      '127.0.0.3',
      '127.0.0.3',
    ]);
    equal(seen[0]?.socket.localPort, front.port);
  });

  it('may be of HTTP 1.0, without a host', async () => {
    const text = await ask('POST /tab HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc');
    match(text, /^HTTP\/1\.1 200 OK\r\n/);
    ok(!/transfer-encoding/i.test(text), text);
    const [request] = seen;
    deepEqual([request?.httpVersion, request?.httpVersionMajor, request?.httpVersionMinor], ['1.0', 1, 0]);
    equal(request?.headers.host, undefined);
    equal(bodies[0], 'abc');
  });

  it('has its trailers, and so has its answer', async () => {
    respond = (_incoming, response) => {
      response.writeHead(200, { trailer: 'x-sum' }).write('part');
      response.addTrailers({ 'x-sum': '9' });
      response.end();
    };
    const head = lines('POST /tab HTTP/1.1', 'Host: localhost', 'Transfer-Encoding: chunked', 'Connection: close');
    const text = await ask(`${head}3\r\nabc\r\n0\r\nX-T: 5\r\n\r\n`);
    deepEqual(seen[0]?.trailers, { 'x-t': '5' });
    equal(seen[0]?.headers['transfer-encoding'], 'chunked');
    equal(bodies[0], 'abc');
    match(text, /4\r\npart\r\n0\r\nx-sum: 9\r\n\r\n$/i);
  });

  for (const method of ['DELETE', 'OPTIONS', 'GET']) {
    it(`is one request, whatever its body looks like: ${method}`, async () => {
      const inner = lines('POST /inner HTTP/1.1', 'Host: localhost', 'Content-Length: 0');
      const head = lines(`${method} /tab HTTP/1.1`, 'Host: localhost', 'Transfer-Encoding: chunked');
      const last = lines('GET /tab/last HTTP/1.1', 'Host: localhost', 'Connection: close');
      await ask(`${head}${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n${last}`);
      deepEqual(
        seen.map(({ url }) => url),
        ['/tab', '/tab/last'],
      );
      equal(bodies[0], inner);
    });
  }

  it('means a path also where it names the whole address', async () => {
    match(await ask(lines('GET http://127.0.0.1:1/tab?b=2 HTTP/1.1', 'Host: localhost', 'Connection: close')), /done/);
    equal(seen[0]?.url, '/tab?b=2');
    match(await ask(lines('GET http://x/healthz HTTP/1.1', 'Host: localhost', 'Connection: close')), /"ok"/);
  });

  it('is answered as the process answers', async () => {
    respond = (_incoming, response) => {
      response.writeHead(299, 'Of My Own', [
        ...['X-Mixed', 'a', 'X-Mixed', 'b', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'X-Name', '\xe4'],
        ...['Date', 'Thu, 01 Jan 1970 00:00:00 GMT', 'Content-Length', '4'],
      ]);
      response.end(Buffer.from('body'));
    };
    equal(
      await ask(lines('GET /tab HTTP/1.1', 'Host: localhost', 'Connection: close')),
      `${lines(
        'HTTP/1.1 299 Of My Own',
        ...['X-Mixed: a', 'X-Mixed: b', 'Set-Cookie: a=1', 'Set-Cookie: b=2', 'X-Name: \xe4'],
        ...['Date: Thu, 01 Jan 1970 00:00:00 GMT', 'Content-Length: 4', 'Connection: close'],
      )}body`,
    );
  });

  it('gets the head of a stream before there is anything in the stream', async () => {
    respond = (_incoming, response) => {
      response.setHeader('x-name', '\xe4');
      response.flushHeaders();
    };
    const text = await askRaw(lines('GET /tab HTTP/1.1', 'Host: localhost'), {
      port: front.port,
      enough: (so) => so.includes('\r\n\r\n'),
    });
    match(text, /x-name: /i);
  });

  it('becomes a websocket with the same head and address', async () => {
    const head = ['Host', 'plant', 'Connection', 'upgrade', 'Upgrade', 'WebSocket', 'Sec-WebSocket-Key', 'k'];
    const written = head.flatMap((name, n) => (n % 2 ? [] : [`${name}: ${head[n + 1]}`]));
    const text = await ask(`${lines('GET /tab/ws HTTP/1.1', ...written)}first`, '127.0.0.4');
    match(text, /^HTTP\/1\.1 101 Switching Protocols\r\n(?:.*\r\n)*X-Mine: yes\r\n\r\nheard first$/);
    deepEqual(seen[0]?.rawHeaders, head);
    equal(seen[0]?.socket.remoteAddress, '127.0.0.4');
  });
});
