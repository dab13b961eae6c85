import { deepEqual, equal, match, rejects } from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { dial } from '../../../packages/runtime/src/protocol/dial.ts';
import { decodeMessage, encodeMessage } from '../../../packages/runtime/src/protocol/frame.ts';
import { encodeHandshake } from '../../../packages/runtime/src/protocol/handshake.ts';
import { type ListenOptions, type Listener, listen } from '../../../packages/runtime/src/protocol/listen.ts';
import { type Hello, protocolVersion, type Reply } from '../../../packages/runtime/src/protocol/messages.ts';
import { answerCall, createPeer, type Peer } from '../../../packages/runtime/src/protocol/peer.ts';
import { tokenMatches } from '../../../packages/runtime/src/protocol/token.ts';
import { until } from '../../support/until.ts';

type Up = { type: 'ask'; callId: number; text: string } | { type: 'note'; text: string };
type Down = { type: 'note'; text: string } | Reply;

const hello = (token = 'right'): Hello => ({
  type: 'hello',
  protocol: protocolVersion,
  role: 'compartment',
  id: 'c1',
  token,
  pid: 1,
});

describe('a connection between two processes', () => {
  let directory = '';
  let path = '';
  const closers: (() => unknown)[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'bh-'));
    path = join(directory, 's');
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
    rmSync(directory, { recursive: true, force: true });
  });

  const serve = async (options: Partial<ListenOptions<Up, Down>> = {}) => {
    const notes: string[] = [];
    const peers: Peer<Down>[] = [];
    const turnedAway: string[] = [];
    const listener: Listener = await listen<Up, Down>(
      { path },
      {
        authenticate: ({ token }) => (tokenMatches('right', token) ? null : 'wrong token'),
        onPeer: (peer) => {
          peers.push(peer);
          return {
            onMessage: (message) => {
              if (message.type === 'note') notes.push(message.text);
              else if (message.text !== 'never') {
                void answerCall(peer, message.callId, () => {
                  if (message.text === 'fail') throw Object.assign(new Error('no such thing'), { code: 'missing' });
                  return message.text.toUpperCase();
                });
              }
            },
          };
        },
        onTurnedAway: (reason) => turnedAway.push(reason),
        ...options,
      },
    );
    closers.push(() => listener.close());
    return { listener, notes, peers, turnedAway };
  };

  const call = (token?: string) => {
    const heard: string[] = [];
    const refusals: string[] = [];
    const line = dial<Down, Up>(
      { path },
      {
        hello: () => hello(token),
        onMessage: (message) => {
          if (message.type === 'note') heard.push(message.text);
        },
        onRefused: (reason) => refusals.push(reason),
      },
    );
    closers.push(() => line.close());
    return { line, heard, refusals };
  };

  it('carries messages both ways and answers calls', async () => {
    const { notes, peers } = await serve();
    const { line, heard } = call();
    await until(() => line.peer !== null, { deadlineMs: 2000, what: 'welcome' });
    line.send({ type: 'note', text: 'up' });
    await until(() => notes.length === 1, { deadlineMs: 2000, what: 'note' });
    peers[0]?.send({ type: 'note', text: 'down' });
    await until(() => heard.length === 1, { deadlineMs: 2000, what: 'note' });
    equal(await line.call((callId) => ({ type: 'ask', callId, text: 'abc' })), 'ABC');
    await rejects(
      line.call((callId) => ({ type: 'ask', callId, text: 'fail' })),
      { code: 'missing', message: 'no such thing' },
    );
    await rejects(
      line.call((callId) => ({ type: 'ask', callId, text: 'never' }), 20),
      { code: 'timeout' },
    );
  });

  it('reads what the dialling side sent right behind its hello', async () => {
    const { notes } = await serve();
    const socket = connect(path);
    closers.push(() => socket.destroy());
    socket.write(Buffer.concat([encodeHandshake(hello()), encodeMessage({ type: 'note', text: 'early' })]));
    await until(() => notes[0] === 'early', { deadlineMs: 2000, what: 'the early note' });
  });

  it('is made again after the listening side was away', async () => {
    const first = await serve();
    const { line } = call();
    await until(() => line.peer !== null, { deadlineMs: 2000, what: 'welcome' });
    const hanging = rejects(
      line.call((callId) => ({ type: 'ask', callId, text: 'never' })),
      { code: 'disconnected' },
    );
    await first.listener.close();
    await hanging;
    await until(() => line.peer === null, { deadlineMs: 2000, what: 'loss' });
    equal(line.send({ type: 'note', text: 'lost' }), false);
    const second = await serve();
    await until(() => line.peer !== null, { deadlineMs: 3000, what: 'second welcome' });
    line.send({ type: 'note', text: 'again' });
    await until(() => second.notes.length === 1, { deadlineMs: 2000, what: 'note' });
    deepEqual(second.notes, ['again']);
  });

  it('is refused with a wrong token, and the other side is told', async () => {
    const { turnedAway, peers } = await serve();
    const { refusals } = call('wrong');
    await until(() => refusals.length > 0, { deadlineMs: 2000, what: 'refusal' });
    equal(refusals[0], 'wrong token');
    match(turnedAway[0] ?? '', /wrong token/);
    equal(peers.length, 0);
  });

  for (const [what, bytes] of [
    ['garbage', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a long first frame', Buffer.from([0, 0, 0x20, 0, 1])],
    ['v8 data as first frame', encodeMessage(hello())],
    ['a hello of another protocol', encodeHandshake({ ...hello(), protocol: 99 })],
  ] as const) {
    it(`is closed on ${what}, and others carry on`, async () => {
      const { turnedAway, notes } = await serve();
      const { line } = call();
      await until(() => line.peer !== null, { deadlineMs: 2000, what: 'welcome' });
      const socket = connect(path);
      closers.push(() => socket.destroy());
      let closed = false;
      socket.on('close', () => {
        closed = true;
      });
      socket.resume();
      socket.write(bytes);
      await until(() => closed && turnedAway.length === 1, { deadlineMs: 2000, what: 'closing' });
      line.send({ type: 'note', text: 'still here' });
      await until(() => notes.length === 1, { deadlineMs: 2000, what: 'note' });
    });
  }

  it('is closed when hello does not come in time', async () => {
    const { turnedAway } = await serve({ helloTimeoutMs: 20 });
    const socket = connect(path);
    closers.push(() => socket.destroy());
    await until(() => turnedAway[0] === 'no hello in time', { deadlineMs: 2000, what: 'deadline' });
  });

  it('is closed on garbage after the hello', async () => {
    const { peers } = await serve();
    const socket = connect(path);
    closers.push(() => socket.destroy());
    socket.write(Buffer.concat([encodeHandshake(hello()), Buffer.from([0, 0, 0, 2, 1, 1])]));
    await until(() => peers.length === 1 && peers[0]?.open === false, { deadlineMs: 2000, what: 'closing' });
  });

  it('refuses messages beyond the bound of its queue, counts them, and sends again once the reader caught up', async () => {
    const { peers } = await serve({ maxQueuedBytes: 300_000 });
    const socket = connect(path);
    closers.push(() => socket.destroy());
    socket.write(encodeHandshake(hello()));
    await until(() => peers.length === 1, { deadlineMs: 2000, what: 'peer' });
    const peer = peers[0];
    if (peer === undefined) throw new Error('no peer');
    const text = 'x'.repeat(100_000);
    while (peer.send({ type: 'note', text })) equal(peer.queuedBytes < 400_000, true);
    equal(peer.refused, 1);
    socket.resume();
    await until(() => peer.queuedBytes === 0, { deadlineMs: 2000, what: 'drain' });
    equal(peer.send({ type: 'note', text }), true);
  });

  it('refuses what cannot be copied without closing', async () => {
    const { peers } = await serve();
    const { line } = call();
    await until(() => line.peer !== null && peers.length === 1, { deadlineMs: 2000, what: 'welcome' });
    const bad = { type: 'note' as const, text: 'x', send: () => {} };
    equal(line.send(bad), false);
    equal(line.send({ type: 'note', text: 'y' }), true);
  });

  it('takes its messages in shares of a turn of the loop, and all of them after the other side has gone', async () => {
    const turns: number[] = [];
    let inThisTurn = 0;
    const { notes } = await serve({
      intake: {
        decode(payload) {
          if (inThisTurn === 0) {
            setImmediate(() => {
              turns.push(inThisTurn);
              inThisTurn = 0;
            });
          }
          inThisTurn += 1;
          return decodeMessage(payload);
        },
        messagesPerTurn: 8,
        bytesPerTurn: 1024 * 1024,
      },
    });
    const socket = connect(path);
    const all = Array.from({ length: 1000 }, (_, n) => encodeMessage({ type: 'note', text: `${n}` }));
    socket.end(Buffer.concat([encodeHandshake(hello()), ...all]));
    socket.resume();
    await until(() => notes.length === 1000, { deadlineMs: 5000, what: 'all messages' });
    deepEqual(
      notes,
      Array.from({ length: 1000 }, (_, n) => `${n}`),
    );
    equal(Math.max(...turns) <= 16, true, `at most twice its share in one turn: ${Math.max(...turns)}`);
  });

  it('takes what had arrived before the connection was reset, over as many turns as that needs', async () => {
    const duplex = new PassThrough();
    const taken: number[] = [];
    const reason = await new Promise<string>((resolve) => {
      createPeer<{ type: 'numbered'; n: number }, never>(duplex, {
        onMessage: ({ n }) => taken.push(n),
        onClose: resolve,
        intake: { decode: decodeMessage, messagesPerTurn: 8, bytesPerTurn: 1024 * 1024 },
      });
      duplex.once('data', () => duplex.destroy(new Error('reset')));
      duplex.write(Buffer.concat(Array.from({ length: 100 }, (_, n) => encodeMessage({ type: 'numbered', n }))));
    });
    deepEqual(
      taken,
      Array.from({ length: 100 }, (_, n) => n),
    );
    equal(reason, 'reset');
  });

  it('gives messages that share no memory with what is read later', async () => {
    type Bytes = { type: 'bytes'; n: number; some: Buffer; more: Float64Array };
    const bytes = (n: number): Bytes => ({
      type: 'bytes',
      n,
      some: Buffer.alloc(9_000, n),
      more: new Float64Array(100).fill(n),
    });
    const count = 60;
    const all = Array.from({ length: count }, (_, n) => bytes(n));
    const up: Bytes[] = [];
    const down: Bytes[] = [];
    const listener = await listen<Bytes, Bytes>(
      { path },
      {
        authenticate: () => null,
        onPeer(peer) {
          for (const message of all) peer.send(message);
          return { onMessage: (message) => up.push(message) };
        },
        intake: { decode: decodeMessage, messagesPerTurn: 2, bytesPerTurn: 1024 * 1024 },
      },
    );
    const dialled = dial<Bytes, Bytes>(
      { path },
      {
        hello,
        onOpen(peer) {
          for (const message of all) peer.send(message);
        },
        onMessage: (message) => down.push(message),
      },
    );
    closers.push(
      () => listener.close(),
      () => dialled.close(),
    );
    await until(() => up.length === count && down.length === count, { deadlineMs: 5000, what: 'all messages' });
    const changed = (seen: readonly Bytes[]) =>
      seen.flatMap(({ n, some, more }) => [
        ...(some.every((byte) => byte === n) ? [] : [n]),
        ...(more.every((value) => value === n) ? [] : [n]),
      ]);
    deepEqual(changed(up), []);
    deepEqual(changed(down), []);
  });
});
