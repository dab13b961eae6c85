import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { FlowNode } from '../../packages/runtime/src/protocol/messages.ts';
import { dial } from '../../packages/runtime/src/protocol/dial.ts';
import { protocolVersion } from '../../packages/runtime/src/protocol/messages.ts';
import { deriveToken } from '../../packages/runtime/src/protocol/token.ts';
import { func, inject, linkSecret, tab } from '../support/compartment.ts';
import { type LinkedCompartments, linkIn, linkOut, startLinked } from '../support/linked-compartments.ts';
import { until } from '../support/until.ts';

/** `a` sends a number each time it is pressed, and 1,000 when told to flood; `b` keeps what it gets; `c` counts too. */
const flows = (outTo = ['in']): FlowNode[] => [
  tab('a'),
  tab('b'),
  tab('c'),
  inject('press', 'a', ['number']),
  func('number', 'a', 'const n = (context.get("n") ?? 0); context.set("n", n + 1); msg.payload = n; return msg;', [
    'out',
  ]),
  inject('flood', 'a', ['many']),
  func('many', 'a', 'for (let i = 0; i < 1000; i++) node.send({ payload: Buffer.alloc(100000) });', ['out']),
  inject('other', 'a', ['outC']),
  linkOut('outC', 'a', ['inC']),
  linkOut('out', 'a', outTo),
  linkIn('in', 'b', ['keep']),
  func(
    'keep',
    'b',
    'const all = context.get("all") ?? []; all.push(typeof msg.payload === "number" ? msg.payload : "bytes"); context.set("all", all); flow.set("all", JSON.stringify(all)); flow.set("count", all.length);',
  ),
  linkIn('inC', 'c', ['keepC']),
  func('keepC', 'c', 'flow.set("got", (flow.get("got") ?? 0) + 1);'),
];

describe('links between compartments when something fails', function () {
  this.timeout(40_000);
  let linked: LinkedCompartments;
  afterEach(() => linked.close());

  const press = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i += 1) await linked.tab('a').inject('press');
  };
  const dropped = (tabId: string): number => linked.links(tabId).dropped;
  const queued = (tabId: string): number => linked.links(tabId).queued;
  const status = (id: string): string => linked.tab('a').statuses()[id] ?? '';

  it('keep messages for a tab that is not there yet, say so at the sending node, and deliver them in order', async () => {
    linked = await startLinked(flows(), ['b']);
    await press(5);
    await until(() => status('out') === '5 waiting', { deadlineMs: 5000, what: 'the status of the link out' });
    await until(() => queued('a') === 5, { deadlineMs: 5000, what: 'the queue in telemetry' });
    await linked.tab('a').inject('other');
    assert.equal(await linked.eventually('c', 'got'), 1);
    await linked.start('b');
    await until(async () => (await linked.flowValue('b', 'count')) === 5, { deadlineMs: 5000, what: 'five messages' });
    assert.deepEqual(await linked.flowValue('b', 'all'), [0, 1, 2, 3, 4]);
    await until(() => status('out') === '' && queued('a') === 0, { deadlineMs: 5000, what: 'no status any more' });
    assert.equal(dropped('a'), 0);
  });

  it('bound what waits for a dead tab, count what is dropped, and leave the other tab alone', async () => {
    linked = await startLinked(flows());
    await press(1);
    assert.equal(await linked.eventually('b', 'count'), 1);
    await linked.kill('b');
    // 100 MB against a bound of 64 MiB.
    await linked.tab('a').inject('flood');
    await until(() => dropped('a') > 300 && queued('a') > 600, { deadlineMs: 8000, what: 'drops in telemetry' });
    // The first message counts as lost if the kill overtook the word that it had arrived.
    const counted = dropped('a') + queued('a');
    assert.ok(counted === 1000 || counted === 1001, `${counted} dropped or waiting`);
    await until(() => /^3\d\d lost, 6\d\d waiting$/.test(status('out')), { deadlineMs: 5000, what: 'the status' });
    await linked.tab('a').inject('other');
    assert.equal(await linked.eventually('c', 'got'), 1);
    const waiting = queued('a');
    await linked.start('b');
    await until(async () => (await linked.flowValue('b', 'count')) === waiting, {
      deadlineMs: 10_000,
      what: 'the rest',
    });
    await press(1);
    await until(async () => (await linked.flowValue('b', 'count')) === waiting + 1, {
      deadlineMs: 5000,
      what: 'one more',
    });
  });

  it('lose no more than what was in flight when the target is killed mid-stream, and double nothing', async () => {
    linked = await startLinked([
      ...flows().filter(({ id }) => id !== 'number' && id !== 'keep'),
      // 2,000 a second for two seconds.
      func(
        'number',
        'a',
        'let n = 0; const timer = setInterval(() => { for (let i = 0; i < 20; i++) node.send({ payload: n++ }); if (n >= 4000) clearInterval(timer); }, 10);',
        ['out'],
      ),
      func(
        'keep',
        'b',
        'const last = flow.get("last") ?? -1; if (msg.payload <= last) flow.set("bad", `${msg.payload} after ${last}`); flow.set("last", msg.payload); flow.set("count", (flow.get("count") ?? 0) + 1);',
      ),
    ]);
    await linked.tab('a').inject('press');
    await until(async () => Number(await linked.flowValue('b', 'last')) > 1000, { deadlineMs: 8000, what: 'a stream' });
    const before = Number(await linked.flowValue('b', 'last'));
    await linked.kill('b');
    await linked.start('b');
    await until(async () => (await linked.flowValue('b', 'last')) === 3999, { deadlineMs: 10_000, what: 'the last' });
    assert.equal(await linked.flowValue('b', 'bad'), undefined);
    const after = Number(await linked.flowValue('b', 'count'));
    await until(() => linked.links('a').sent === 4000, { deadlineMs: 5000, what: 'telemetry' });
    // What came after `before` and before the kill was taken, and is in no count.
    assert.ok(before + 1 + after + dropped('a') <= 4000, `${before + 1} + ${after} + ${dropped('a')}`);
    assert.ok(dropped('a') < 500, `${dropped('a')} dropped`);
  });

  it('are made again when the sending tab is killed and starts again', async () => {
    linked = await startLinked(flows());
    await press(2);
    await until(async () => (await linked.flowValue('b', 'count')) === 2, { deadlineMs: 5000, what: 'two messages' });
    await linked.kill('a');
    await linked.start('a');
    await press(1);
    await until(async () => (await linked.flowValue('b', 'count')) === 3, { deadlineMs: 5000, what: 'a third' });
    assert.deepEqual(await linked.flowValue('b', 'all'), [0, 1, 0]);
  });

  it('hold messages while the target deploys other flows', async () => {
    linked = await startLinked(flows());
    await press(1);
    await linked.eventually('b', 'count');
    const deploying = linked.redeploy('b');
    await press(5);
    await deploying;
    await until(() => linked.links('b').received === 6, { deadlineMs: 5000, what: 'all six' });
    assert.equal(dropped('a') + dropped('b'), 0);
  });

  it('turn away strangers, garbage and wrong tokens, and take nothing for other nodes than a link in', async () => {
    linked = await startLinked(flows());
    const socketPath = linked.linkSocket('b');
    for (const bytes of [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.alloc(4096, 0xff),
      Buffer.from([0, 0, 0, 2, 123, 125]),
    ]) {
      const socket = connect(socketPath);
      socket.on('error', () => {});
      socket.write(bytes);
      await once(socket, 'close');
    }
    const hello = (token: string) => () =>
      ({ type: 'hello', protocol: protocolVersion, role: 'compartment', id: 'x', token, pid: 1 }) as const;
    const refused = await new Promise<string>((resolve) => {
      const wrong = dial(
        { path: socketPath },
        {
          hello: hello(deriveToken(linkSecret, 'a')),
          onMessage() {},
          onRefused(reason) {
            wrong.close();
            resolve(reason);
          },
        },
      );
    });
    assert.equal(refused, 'wrong token');
    const friend = dial<{ type: string }, Record<string, unknown> & { type: string }>(
      { path: socketPath },
      {
        hello: hello(deriveToken(linkSecret, 'x')),
        onMessage() {},
        onOpen(peer) {
          peer.send({ type: 'link', to: 'keep', msg: { payload: 666 } });
          peer.send({ type: 'link', to: 'nobody', msg: {} });
          peer.send({ type: 'link', to: 'in', msg: 'no message' });
          // A function node may have called: it knows that it did not.
          peer.send({ type: 'return', node: 'keep', id: '1', msg: {} });
          peer.send({ type: 'response', id: '1', calls: [['constructor', []]] });
          peer.send({ type: 'hack' });
          peer.send({ type: 'link', to: 'in', msg: { payload: 7 } });
        },
      },
    );
    assert.equal(await linked.eventually('b', 'count'), 1);
    assert.deepEqual(await linked.flowValue('b', 'all'), [7]);
    await until(() => dropped('b') === 5, { deadlineMs: 5000, what: 'the refusals in telemetry' });
    friend.close();
    await press(1);
    await until(async () => (await linked.flowValue('b', 'count')) === 2, { deadlineMs: 5000, what: 'the tab lives' });
  });
});
