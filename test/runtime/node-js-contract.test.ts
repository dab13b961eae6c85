/**
 * What is taken for granted of Node.js beyond its documentation, one test per assumption. What the protocol needs of its
 * sockets and of its serializer is in `test/unit/protocol` (`one-read-buffer.test.ts`, `frame-reader.test.ts`), what is needed
 * of V8's collector in `test/unit/compartment/tidy-heap.test.ts`.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, IncomingMessage, request } from 'node:http';
import { Socket } from 'node:net';
import { promisify } from 'node:util';

const [read, child, worker, wasi, inspector] = [
  "require('fs').readFileSync('/no/such')",
  "require('child_process').spawnSync('/no/such')",
  "new (require('worker_threads').Worker)('', { eval: true })",
  "new (require('wasi').WASI)({ version: 'preview1' })",
  "new (require('inspector').Session)().connect()",
];

describe(`Node.js ${process.version} is inside as Bulkhead needs it`, () => {
  it('what the permission model refuses is told on the channel of its kind, with the thing where there is one (denials.ts)', async () => {
    const attempts = JSON.stringify({ fs: read, child, worker, wasi, inspector });
    const script =
      `const { subscribe } = require('node:diagnostics_channel'); const attempts = ${attempts};` +
      'for (const kind of Object.keys(attempts)) subscribe(`node:permission-model:${kind}`, (event) => console.log(kind, JSON.stringify(event)));' +
      'for (const attempt of Object.values(attempts)) { try { eval(attempt) } catch (error) { console.log(error.code) } }';
    const { stdout } = await promisify(execFile)(process.execPath, ['--permission', '--no-warnings', '-e', script]);
    assert.deepEqual(stdout.trim().split('\n'), [
      'fs {"permission":"FileSystemRead","resource":"/no/such"}',
      'ERR_ACCESS_DENIED',
      'child {"permission":"ChildProcess","resource":"/no/such"}',
      'ERR_ACCESS_DENIED',
      'worker {"permission":"WorkerThreads","resource":""}',
      'ERR_ACCESS_DENIED',
      'wasi {"permission":"WASI","resource":""}',
      'ERR_ACCESS_DENIED',
      'inspector {"permission":"Inspector","resource":"Connect"}',
      'ERR_ACCESS_DENIED',
    ]);
  });

  it('native addons are loaded by process.dlopen, whose refusal has a code of its own (denials.ts)', async () => {
    const script =
      'process.dlopen = ((load) => (...args) => { try { load.apply(process, args) } catch ({ code }) { console.log(args[1], code) } })(process.dlopen);' +
      "require('module')._extensions['.node']({ exports: {} }, '/no/such.node')";
    const { stdout } = await promisify(execFile)(process.execPath, ['--permission', '--no-warnings', '-e', script]);
    assert.equal(stdout.trim(), '/no/such.node ERR_DLOPEN_DISABLED');
  });

  it('the bytes of a request come through its own push, whoever reads them (request-body.ts)', async () => {
    const pushed: string[] = [];
    const server = createServer((asked, response) => {
      const push = asked.push.bind(asked);
      asked.push = (chunk: unknown, encoding?: BufferEncoding) => {
        if (Buffer.isBuffer(chunk)) pushed.push(chunk.toString());
        return push(chunk, encoding);
      };
      asked.resume().once('end', () => response.end());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const asking = request({ port: typeof address === 'object' ? address?.port : 0, method: 'POST' });
    asking.end('uploaded');
    asking.once('response', (answer) => answer.resume());
    await once(asking, 'close');
    server.close();
    server.closeAllConnections();
    assert.equal(pushed.join(''), 'uploaded');
  });

  it('a request joins lines of its head by its own rules, line by line, into what is given (passport.ts)', () => {
    const incoming = new IncomingMessage(new Socket());
    const [headers, distinct] = [{}, {}];
    for (const line of [
      ['X-A', '1'],
      ['x-a', '2'],
      ['Host', 'one'],
      ['host', 'two'],
      ['Cookie', 'a'],
      ['cookie', 'b'],
    ]) {
      for (const [method, into] of [
        ['_addHeaderLine', headers],
        ['_addHeaderLineDistinct', distinct],
      ] as const) {
        const add: unknown = Reflect.get(incoming, method);
        assert.ok(typeof add === 'function');
        Reflect.apply(add, incoming, [...line, into]);
      }
    }
    assert.deepEqual(headers, { 'x-a': '1, 2', host: 'one', cookie: 'a; b' });
    assert.deepEqual(distinct, { 'x-a': ['1', '2'], host: ['one', 'two'], cookie: ['a', 'b'] });
  });
});
