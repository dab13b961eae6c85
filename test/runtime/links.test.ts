import assert from 'node:assert/strict';
import type { FlowNode } from '../../packages/runtime/src/protocol/messages.ts';
import { func, inject, tab } from '../support/compartment.ts';
import {
  type LinkedCompartments,
  linkCall,
  linkIn,
  linkOut,
  linkReturn,
  startLinked,
} from '../support/linked-compartments.ts';
import { until } from '../support/until.ts';

describe('links between compartments', function () {
  this.timeout(40_000);
  let linked: LinkedCompartments;
  afterEach(() => linked.close());

  const eventually = (tabId: string, key: string, deadlineMs?: number): Promise<unknown> =>
    linked.eventually(tabId, key, deadlineMs);

  it('carry a message from a link out in one process to a link in in another', async () => {
    linked = await startLinked([
      tab('a'),
      tab('b'),
      inject('press', 'a', ['out']),
      linkOut('out', 'a', ['in']),
      linkIn('in', 'b', ['keep']),
      func('keep', 'b', 'flow.set("got", msg.payload); flow.set("pid", msg._msgid.length);'),
    ]);
    assert.notEqual(linked.tab('a').process.child.pid, linked.tab('b').process.child.pid);
    await linked.tab('a').inject('press');
    assert.equal(await eventually('b', 'got'), 'hello');
    await until(() => linked.links('a').sent === 1 && linked.links('b').received === 1, {
      deadlineMs: 5000,
      what: 'telemetry of the link',
    });
    assert.deepEqual(linked.links('b'), { sent: 0, received: 1, dropped: 0, queued: 0 });
  });

  it('keep the order of 10,000 messages, and lose and double none', async () => {
    linked = await startLinked([
      tab('a'),
      tab('b'),
      inject('press', 'a', ['flood']),
      func('flood', 'a', 'for (let i = 0; i < 10000; i++) node.send({ payload: i });', ['out']),
      linkOut('out', 'a', ['in']),
      linkIn('in', 'b', ['keep']),
      func(
        'keep',
        'b',
        `const seen = context.get("seen") ?? 0;
         if (msg.payload !== seen) node.error("expected " + seen + ", got " + msg.payload);
         context.set("seen", seen + 1);
         if (msg.payload === 9999) flow.set("done", seen + 1);`,
      ),
    ]);
    await linked.tab('a').inject('press');
    assert.equal(await eventually('b', 'done'), 10_000);
  });

  it('keep dates, buffers, maps, big integers, shared and circular references', async () => {
    linked = await startLinked([
      tab('a'),
      tab('b'),
      inject('press', 'a', ['make']),
      func(
        'make',
        'a',
        `msg.payload = { date: new Date(5), buffer: Buffer.from("abc"), map: new Map([[1, new Set(["x"])]]), big: 2n ** 64n,
           nan: NaN, none: undefined, list: [1, , 3], typed: new Float64Array([1.5]) };
         msg.payload.self = msg.payload; msg.twice = msg.payload.buffer; return msg;`,
        ['out'],
      ),
      linkOut('out', 'a', ['in']),
      linkIn('in', 'b', ['keep']),
      func(
        'keep',
        'b',
        `const p = msg.payload;
         flow.set("got", JSON.stringify([Object.prototype.toString.call(p.date), p.date.getTime(), Buffer.isBuffer(p.buffer), p.buffer.toString(),
           p.map.get(1).has("x"), String(p.big), typeof p.big, Number.isNaN(p.nan), "none" in p, p.list.length, p.typed[0],
           p.self === p, msg.twice === p.buffer]));`,
      ),
    ]);
    await linked.tab('a').inject('press');
    assert.deepEqual(await eventually('b', 'got'), [
      '[object Date]',
      5,
      true,
      'abc',
      true,
      '18446744073709551616',
      'bigint',
      true,
      true,
      3,
      1.5,
      true,
      true,
    ]);
  });

  it('keep maps and errors that function nodes make, also beside a function', async () => {
    linked = await startLinked([
      tab('a'),
      tab('b'),
      inject('press', 'a', ['make']),
      func(
        'make',
        'a',
        `const cause = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
         return { payload: new Map([["s", new Set([1])]]), err: new RangeError("far", { cause }), f() {} };`,
        ['out'],
      ),
      linkOut('out', 'a', ['in']),
      linkIn('in', 'b', ['keep']),
      func(
        'keep',
        'b',
        'flow.set("got", JSON.stringify([msg.payload.get("s").has(1), msg.err.name, msg.err.message, msg.err.cause.code, "f" in msg]));',
      ),
    ]);
    await linked.tab('a').inject('press');
    assert.deepEqual(await eventually('b', 'got'), [true, 'RangeError', 'far', 'ECONNREFUSED', false]);
  });

  it('leave functions out, and report at the sending node what cannot be copied at all', async () => {
    linked = await startLinked([
      tab('a'),
      tab('b'),
      inject('press', 'a', ['make']),
      func(
        'make',
        'a',
        `node.send({ payload: { f() {}, n: 1, deep: [() => 1, 2] } });
         node.send({ payload: Promise.resolve(1) });
         node.send({ payload: "still alive" });`,
        ['out'],
      ),
      linkOut('out', 'a', ['in']),
      { id: 'c', type: 'catch', z: 'a', x: 1, y: 1, scope: ['out'], uncaught: false, wires: [['caught']] },
      func(
        'caught',
        'a',
        'flow.set("error", JSON.stringify([msg.error.source.id, msg.error.message, msg.error.code]));',
      ),
      linkIn('in', 'b', ['keep']),
      func(
        'keep',
        'b',
        `const all = context.get("all") ?? []; all.push(msg.payload); context.set("all", all);
         if (msg.payload === "still alive") flow.set("got", JSON.stringify(all));`,
      ),
    ]);
    await linked.tab('a').inject('press');
    assert.deepEqual(await eventually('b', 'got'), [{ n: 1, deep: [null, 2] }, 'still alive']);
    assert.deepEqual(await eventually('a', 'error'), [
      'out',
      'Error: msg.payload cannot be copied: Promise',
      'not-copyable',
    ]);
  });

  it('return a link call to its caller: static, by name, from a function, and nested over three processes', async () => {
    linked = await startLinked([
      tab('a'),
      tab('b'),
      tab('c'),
      inject('press', 'a', ['static', 'name', 'fn']),
      linkCall('static', 'a', 'double', ['keepStatic']),
      func('keepStatic', 'a', 'flow.set("static", JSON.stringify([msg.payload, "_linkSource" in msg]));'),
      func('name', 'a', 'msg.target = "nested"; return msg;', ['dynamic']),
      linkCall('dynamic', 'a', null, ['keepDynamic']),
      func('keepDynamic', 'a', 'flow.set("dynamic", JSON.stringify([msg.payload, "_linkSource" in msg]));'),
      func(
        'fn',
        'a',
        'const back = await node.linkcall("nested", { payload: "f" }); flow.set("fn", JSON.stringify(back.payload));',
      ),
      linkIn('double', 'b', ['twice']),
      func('twice', 'b', 'msg.payload += msg.payload; return msg;', ['back']),
      linkReturn('back', 'b'),
      linkIn('nested', 'c', ['inner']),
      linkCall('inner', 'c', 'double', ['mark']),
      func('mark', 'c', 'msg.payload += "!"; return msg;', ['backC']),
      linkReturn('backC', 'c'),
    ]);
    await linked.tab('a').inject('press');
    assert.deepEqual(await eventually('a', 'static'), ['hellohello', false]);
    assert.deepEqual(await eventually('a', 'dynamic'), ['hellohello!', false]);
    assert.equal(await eventually('a', 'fn'), 'ff!');
  });

  it('return to the right one of two callers, and through a callee that passes the call on', async () => {
    linked = await startLinked([
      tab('a'),
      tab('b'),
      tab('c'),
      inject('pressA', 'a', ['callA'], { payload: 'from a' }),
      linkCall('callA', 'a', 'in', ['keepA']),
      func('keepA', 'a', 'flow.set("got", msg.payload);'),
      inject('pressB', 'b', ['callB'], { payload: 'from b' }),
      linkCall('callB', 'b', 'in', ['keepB']),
      func('keepB', 'b', 'flow.set("got", msg.payload);'),
      // Not a call: the message goes on to the tab of a caller, and is returned there.
      linkIn('in', 'c', ['on']),
      linkOut('on', 'c', ['last']),
      linkIn('last', 'b', ['backB']),
      linkReturn('backB', 'b'),
    ]);
    await linked.tab('a').inject('pressA');
    await linked.tab('b').inject('pressB');
    assert.equal(await eventually('a', 'got'), 'from a');
    assert.equal(await eventually('b', 'got'), 'from b');
  });

  it('let the timeout of the caller pass when nothing comes back', async () => {
    linked = await startLinked([
      tab('a'),
      tab('b'),
      inject('press', 'a', ['call']),
      linkCall('call', 'a', 'in', [], { timeout: '0.3' }),
      { id: 'c', type: 'catch', z: 'a', x: 1, y: 1, scope: null, uncaught: false, wires: [['caught']] },
      func('caught', 'a', 'flow.set("error", JSON.stringify([msg.error.source.id, msg.error.message, msg.payload]));'),
      linkIn('in', 'b', []),
    ]);
    await linked.tab('a').inject('press');
    assert.deepEqual(await eventually('a', 'error'), ['call', 'timeout', 'hello']);
  });

  it('show of a call what a Node-RED in one process shows, in the other tab and at its complete nodes', async () => {
    const complete = (id: string, z: string, of: string, to: string): FlowNode => ({
      id,
      type: 'complete',
      z,
      x: 1,
      y: 1,
      scope: [of],
      uncaught: false,
      wires: [[to]],
    });
    linked = await startLinked([
      tab('a'),
      tab('b'),
      inject('press', 'a', ['call']),
      linkCall('call', 'a', 'in', []),
      complete('done', 'a', 'call', 'keep'),
      func('keep', 'a', 'flow.set("done", JSON.stringify([msg.payload, "_linkSource" in msg]));'),
      linkIn('in', 'b', ['look']),
      func(
        'look',
        'b',
        `flow.set("stack", JSON.stringify(msg._linkSource.map(({ id, ...rest }) => [rest, /^[0-9a-f]{28}$/.test(id)])));
         msg.payload = "answer"; return msg;`,
        ['back'],
      ),
      linkReturn('back', 'b'),
      complete('returned', 'b', 'back', 'after'),
      func('after', 'b', 'flow.set("after", JSON.stringify([msg.payload, "_linkSource" in msg]));'),
    ]);
    await linked.tab('a').inject('press');
    assert.deepEqual(await eventually('a', 'done'), ['answer', false]);
    assert.deepEqual(await eventually('b', 'stack'), [[{ node: 'call' }, true]]);
    assert.deepEqual(await eventually('b', 'after'), ['answer', false]);
  });

  it('end a call at once when what it asks with cannot be copied', async () => {
    linked = await startLinked([
      tab('a'),
      tab('b'),
      inject('press', 'a', ['make', 'fn']),
      func('make', 'a', 'return { payload: Promise.resolve(1) };', ['call']),
      linkCall('call', 'a', 'in', ['answered'], { timeout: '0.2' }),
      func('answered', 'a', 'flow.set("answered", "yes");'),
      func(
        'fn',
        'a',
        `const from = Date.now();
         try { await node.linkcall("in", { payload: new WeakMap() }, { timeout: 60_000 }); } catch (error) {
           flow.set("rejected", JSON.stringify([error.message, error.code, Date.now() - from < 30_000]));
         }`,
      ),
      { id: 'c', type: 'catch', z: 'a', x: 1, y: 1, scope: null, uncaught: false, wires: [['caught']] },
      func(
        'caught',
        'a',
        `const all = context.get("all") ?? []; all.push([msg.error.source.id, msg.error.code, "_linkSource" in msg]); context.set("all", all);
         setTimeout(() => flow.set("errors", JSON.stringify(all)), 600);`,
      ),
      { id: 'done', type: 'complete', z: 'a', x: 1, y: 1, scope: ['call'], uncaught: false, wires: [['answered']] },
      linkIn('in', 'b', ['back']),
      linkReturn('back', 'b'),
    ]);
    await linked.tab('a').inject('press');
    assert.deepEqual(await eventually('a', 'rejected'), [
      'msg.payload cannot be copied: WeakMap',
      'not-copyable',
      true,
    ]);
    // The timeout of the call has passed by then, and told nothing more.
    assert.deepEqual(await eventually('a', 'errors'), [['call', 'not-copyable', false]]);
    assert.equal(await linked.flowValue('a', 'answered'), undefined);
  });

  it('carry a message of 100 MB', async () => {
    linked = await startLinked([
      tab('a'),
      tab('b'),
      inject('press', 'a', ['make']),
      func('make', 'a', 'msg.payload = Buffer.alloc(100e6, 7); return msg;', ['out']),
      linkOut('out', 'a', ['in']),
      linkIn('in', 'b', ['keep']),
      func('keep', 'b', 'flow.set("got", JSON.stringify([msg.payload.length, msg.payload[99999999]]));'),
    ]);
    await linked.tab('a').inject('press');
    assert.deepEqual(await eventually('b', 'got', 20_000), [100_000_000, 7]);
  });
});
