import { deepEqual, equal, notEqual } from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectReading, readingSocket } from '../../../packages/runtime/src/protocol/one-read-buffer.ts';
import { until } from '../../support/until.ts';

const deadlineMs = 5_000;

describe('the one buffer that sockets read into', () => {
  let directory = '';
  let server: Server | undefined;
  const sockets: Socket[] = [];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'bh-'));
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
    rmSync(directory, { recursive: true, force: true });
  });

  /** A connection of which the far side is an ordinary socket, where nothing else is said. */
  const accept = async (reach: (path: string) => Socket = connect, prepare: (accepted: Socket) => void = () => {}) => {
    let accepted: Socket | undefined;
    let reading: Socket | undefined;
    const path = join(directory, 's');
    server = createServer({ pauseOnConnect: true }, (socket) => {
      prepare(socket);
      accepted = socket;
      reading = readingSocket(socket);
      sockets.push(reading);
    });
    await new Promise<void>((resolve) => server?.listen(path, resolve));
    const far = reach(path);
    sockets.push(far);
    await until(() => reading, { deadlineMs, what: 'the connection' });
    if (accepted === undefined || reading === undefined) throw new Error('no connection');
    return { accepted, reading, far };
  };

  const listenTo = (socket: Socket) => {
    const memory = new Set<ArrayBufferLike>();
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      memory.add(chunk.buffer);
      text += chunk.toString('latin1');
    });
    return { memory, text: () => text };
  };

  it('is what this Node.js lets an accepted connection read into', async () => {
    const { accepted, reading, far } = await accept();
    notEqual(reading, accepted, 'the connection was not taken over: links then read several times slower');
    const heard = listenTo(reading);
    far.write('one');
    await until(() => heard.text() === 'one', { deadlineMs, what: 'the first words' });
    far.write('two');
    await until(() => heard.text() === 'onetwo', { deadlineMs, what: 'the next words' });
    equal(heard.memory.size, 1);
  });

  it('is the same for the side that dials', async () => {
    const { reading, far } = await accept((path) => connectReading({ path }, () => {}));
    const [near, there] = [listenTo(reading), listenTo(far)];
    far.write('hello');
    await until(() => near.text() === 'hello', { deadlineMs, what: 'the hello' });
    reading.write('welcome');
    await until(() => there.text() === 'welcome', { deadlineMs, what: 'the welcome' });
    deepEqual([...near.memory], [...there.memory]);
  });

  it('is done without where Node.js has no such inside', async () => {
    const { accepted, reading, far } = await accept(connect, (socket) => {
      const handle: unknown = Reflect.get(socket, '_handle');
      if (typeof handle === 'object' && handle !== null) Reflect.set(handle, 'useUserBuffer', undefined);
    });
    equal(reading, accepted);
    const heard = listenTo(reading);
    far.write('one');
    await until(() => heard.text() === 'one', { deadlineMs, what: 'the words' });
    equal(heard.memory.size, 1);
  });

  it('changes nothing about pausing, ending and closing', async () => {
    const { reading, far } = await accept();
    const heard = listenTo(reading);
    let ended = false;
    reading.on('end', () => {
      ended = true;
    });
    far.write('one');
    await until(() => heard.text() === 'one', { deadlineMs, what: 'the first words' });
    reading.pause();
    far.end('x'.repeat(1_000_000));
    await new Promise((resolve) => setImmediate(resolve));
    equal(heard.text(), 'one');
    reading.resume();
    await until(() => ended, { deadlineMs, what: 'the end' });
    equal(heard.text().length, 3 + 1_000_000);
    const count = () => new Promise((resolve) => server?.getConnections((_error, open) => resolve(open)));
    await until(async () => (await count()) === 0, { deadlineMs, what: 'the server to have forgotten the connection' });
  });
});
