import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { copyable, NotCopyable } from '../../../packages/runtime/src/compartment/links/copyable.ts';
import { keepResponses, type KeptResponses } from '../../../packages/runtime/src/compartment/links/kept-responses.ts';
import { parseLinkFrame } from '../../../packages/runtime/src/compartment/links/link-frames.ts';
import { createWaysBack } from '../../../packages/runtime/src/compartment/links/link-source.ts';
import { renderLinkHealth } from '../../../packages/runtime/src/compartment/links/link-status.ts';
import { createOpenQuestions } from '../../../packages/runtime/src/compartment/links/open-questions.ts';
import {
  createResponseProxy,
  originOf,
  type RecordedCall,
  replayCalls,
} from '../../../packages/runtime/src/compartment/links/response-proxy.ts';

describe('the way back of a link call', () => {
  const compartment = (own: string, ...nodes: string[]) => createWaysBack(own, (node) => nodes.includes(node));
  const stack = [{ node: 'call', id: 'event' }];

  it('leads over the compartments that the message came through', () => {
    const [a, b, c] = [compartment('A', 'call'), compartment('B'), compartment('C')];
    b.learn(a.leaving(stack, 'B'));
    c.learn(b.leaving(stack, 'C'));
    assert.deepEqual(b.to('call'), ['A']);
    assert.deepEqual(c.to('call'), ['A', 'B']);
    assert.equal(c.to('another'), undefined);
  });

  it('never leads in a circle, and needs none at home', () => {
    const [a, b, c] = [compartment('A', 'call'), compartment('B'), compartment('C')];
    b.learn(a.leaving(stack, 'B'));
    c.learn(b.leaving(stack, 'C'));
    assert.deepEqual(c.leaving(stack, 'B'), [['call', ['A']]]);
    assert.deepEqual(c.leaving(stack, 'A'), []);
    a.learn([['call', ['B']]]);
    assert.equal(a.to('call'), undefined);
  });

  it('is told for each node of the stack, and for none where there is no stack', () => {
    const b = compartment('B', 'own');
    b.learn([['call', ['A']]]);
    const nested = [...stack, { node: 'own', id: 'x' }, { node: 'unknown', id: 'y' }, 7, null];
    assert.deepEqual(b.leaving(nested, 'C'), [
      ['call', ['A', 'B']],
      ['own', ['B']],
    ]);
    for (const none of [undefined, null, 'text', { a: 1 }, []]) assert.deepEqual(b.leaving(none, 'C'), []);
  });
});

describe('the question of a link call', () => {
  it('becomes the answer, for whoever holds it', () => {
    const questions = createOpenQuestions();
    const res = {};
    const question: Record<string, unknown> = { payload: 'question', topic: 't', req: { live: true }, res };
    questions.asked('1', question);
    questions.asked('1', { ...question });
    const answer = { payload: 'answer', more: 1, req: { live: false }, res };
    assert.equal(questions.answered('1', answer), question);
    assert.deepEqual(question, { payload: 'answer', more: 1, req: { live: true }, res });
    const second = { payload: 'second' };
    assert.equal(questions.answered('1', second), second);
  });
});

describe('a copy without functions', () => {
  it('keeps everything else, with shared and circular references', () => {
    const shared = { n: 1 };
    const original: Record<string, unknown> = {
      a: shared,
      b: [shared, () => 1],
      f() {},
      map: new Map([[1, shared]]),
      s: Symbol('x'),
    };
    original['self'] = original;
    const copy = copyable(original).value;
    const expected: Record<string, unknown> = {
      a: shared,
      b: [shared, undefined],
      map: new Map([[1, shared]]),
      s: undefined,
    };
    expected['self'] = expected;
    assert.deepEqual(copy, expected);
  });

  it('keeps values of another realm, as function nodes make them', () => {
    const made: unknown = runInNewContext(
      `({ m: new Map([[{ k: 1 }, new Set([1n])]]), s: new Set(["x"]), d: new Date(1), r: /a/g, l: [, 1],
          i: new (class { a = new Map([[1, 2]]) })(), f() {} })`,
    );
    const sparse: unknown[] = [];
    sparse[1] = 1;
    assert.deepEqual(structuredClone(copyable(made).value), {
      m: new Map([[{ k: 1 }, new Set([1n])]]),
      s: new Set(['x']),
      d: new Date(1),
      r: /a/g,
      l: sparse,
      i: { a: new Map([[1, 2]]) },
    });
  });

  it('keeps what a list has beside its items, and a key that is no prototype', () => {
    const match = Object.assign(['b'], { index: 1 });
    const parsed: unknown = JSON.parse('{"__proto__": {"z": 1}}');
    assert.deepEqual(copyable({ match, parsed, f() {} }).value, { match, parsed });
  });

  it('names what has no copy', () => {
    for (const [live, tag] of [
      [Promise.resolve(), 'Promise'],
      [new WeakMap(), 'WeakMap'],
      [process.stdout, 'Object'],
    ] as const) {
      assert.throws(
        () => copyable({ msg: { payload: [live] } }),
        (error) => error instanceof NotCopyable && error.message === `msg.payload[0] cannot be copied: ${tag}`,
      );
    }
  });
});

const isWritable = (value: object): value is NodeJS.WritableStream => 'write' in value && 'end' in value;

describe('a response that another compartment keeps', () => {
  const origin = { compartment: 'A', id: '1' };
  const callable = (target: unknown, name: string) => {
    const method: unknown = typeof target === 'object' && target !== null ? Reflect.get(target, name) : undefined;
    assert.ok(typeof method === 'function');
    return (...args: unknown[]): unknown => Reflect.apply(method, target, args);
  };

  it('takes the calls of a http response node, ships them once, and replays them on the real one', () => {
    const shipped: (readonly RecordedCall[])[] = [];
    const res = createResponseProxy(origin, async (calls) => void shipped.push(calls));
    const inner: unknown = Reflect.get(res, '_res');
    callable(inner, 'set')({ 'X-One': '1' });
    assert.equal(callable(inner, 'get')('x-one'), '1');
    assert.equal(callable(inner, 'get')('content-length'), undefined);
    callable(callable(inner, 'status')(201), 'send')('body');
    callable(inner, 'send')('again');
    assert.deepEqual(shipped, [
      [
        ['set', [{ 'X-One': '1' }]],
        ['status', [201]],
        ['send', ['body']],
      ],
    ]);
    const done: unknown[] = [];
    const real = {
      set: (...a: unknown[]) => done.push(['set', a]),
      status: (...a: unknown[]) => done.push(['status', a]),
      send: (...a: unknown[]) => done.push(['send', a]),
    };
    assert.equal(replayCalls({ _res: real }, shipped[0] ?? []), true);
    assert.deepEqual(done, shipped[0]);
    assert.equal(originOf(res), origin);
  });

  it('takes a stream that is piped into it, no faster than it is shipped', async () => {
    const shipped: (readonly RecordedCall[])[] = [];
    let waiting = false;
    let hurried = false;
    const res = createResponseProxy(origin, async (calls) => {
      hurried ||= waiting && calls[0]?.[0] === 'write';
      waiting = true;
      shipped.push(calls);
      await nextTurn();
      waiting = false;
    });
    const inner: unknown = Reflect.get(res, '_res');
    assert.ok(inner instanceof EventEmitter && isWritable(inner));
    const finished = once(inner, 'finish');
    Readable.from(['p', Buffer.from('q')]).pipe(inner);
    await finished;
    assert.equal(hurried, false);
    assert.deepEqual(shipped, [[['write', ['p']]], [['write', [Buffer.from('q')]]], [['end', []]]]);
  });

  it('replays nothing but calls of a response, and stops at one that fails', () => {
    assert.equal(replayCalls({}, [['constructor', []]]), false);
    assert.equal(replayCalls({}, [['send', []]]), false);
    const failing = {
      send() {
        throw new Error('headers already sent');
      },
    };
    assert.equal(replayCalls(failing, [['send', []]]), false);
  });

  it('is kept under one id until its connection closes', () => {
    const kept = keepResponses();
    let close = (): void => {};
    const res = { _res: { once: (_event: string, listener: () => void) => void (close = listener) } };
    const id = kept.keep(res, 'b');
    assert.equal(kept.keep(res, 'c'), id);
    assert.equal(kept.get(id), res);
    close();
    assert.equal(kept.get(id), undefined);
  });

  /** What a response was given up with. */
  function givenUp(work: (kept: KeptResponses, res: object) => void): Promise<unknown[]> {
    const { promise, resolve } = Promise.withResolvers<unknown[]>();
    const calls: unknown[] = [];
    const note =
      (name: string) =>
      (...args: unknown[]): void => {
        calls.push([name, ...args]);
        if (name === 'send') resolve(calls);
      };
    const real = {
      headersSent: false,
      status: note('status'),
      type: note('type'),
      send: note('send'),
    };
    work(keepResponses({ giveUpAfterMs: 1 }), { _res: real });
    return promise;
  }

  it('is answered with 503 once the last compartment that it went to is lost', async () => {
    const calls = await givenUp((kept, res) => {
      kept.keep(res, 'b');
      kept.keep(res, 'c');
      for (const holder of ['x', 'b', 'c', 'c']) kept.lost(holder);
    });
    assert.deepEqual(calls, [
      ['status', 503],
      ['type', 'text/plain'],
      ['send', 'The tab that was to answer this request has ended.\n'],
    ]);
  });

  it('is not given up as long as another compartment may answer', async () => {
    const answered: string[] = [];
    const response = (name: string, done = (): void => {}) => ({
      _res: {
        send() {
          answered.push(name);
          done();
        },
        status() {},
        type() {},
      },
    });
    const { promise, resolve } = Promise.withResolvers<void>();
    const kept = keepResponses({ giveUpAfterMs: 1 });
    const [shared, own] = [response('shared'), response('own', resolve)];
    for (const holder of ['b', 'c']) kept.keep(shared, holder);
    kept.keep(own, 'b');
    kept.lost('b');
    await promise;
    assert.deepEqual(answered, ['own']);
  });

  it('is left to whoever has begun to answer', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cuts: string[] = [];
    const ended = { _res: { headersSent: false, status() {}, type() {}, send: () => resolve() } };
    const begun = { _res: { headersSent: true, status: () => cuts.push('status'), type() {}, send() {} } };
    const kept = keepResponses({ giveUpAfterMs: 1 });
    for (const res of [begun, ended]) kept.keep(res, 'b');
    kept.lost('b');
    await promise;
    assert.deepEqual(cuts, []);
  });
});

describe('frames between compartments', () => {
  it('are taken only in the shapes that exist', () => {
    assert.deepEqual(
      parseLinkFrame({
        type: 'link',
        to: 'n',
        msg: { a: 1 },
        res: { away: '1' },
        ways: [['c', ['A']], ['d', 'B'], 1],
        extra: 1,
      }),
      {
        type: 'link',
        to: 'n',
        msg: { a: 1 },
        res: { away: '1' },
        ways: [['c', ['A']]],
      },
    );
    for (const bad of [
      null,
      'text',
      {},
      { type: 'link', to: 1, msg: {} },
      { type: 'link', to: 'n', msg: [] },
      { type: 'return', node: 'n', msg: {} },
      { type: 'response', id: '1', calls: [['send', 'x']] },
      { type: 'response', id: '1', calls: 'all' },
      { type: 'other' },
    ]) {
      assert.equal(parseLinkFrame(bad), undefined);
    }
  });
});

describe('the status of a sending link node', () => {
  it('says what waits while a compartment is away, and what was lost', () => {
    const rows = [
      [{ connected: true, queued: 900, dropped: 0 }, undefined],
      [{ connected: false, queued: 0, dropped: 0 }, undefined],
      [{ connected: false, queued: 3, dropped: 0 }, 'yellow 3 waiting'],
      [{ connected: false, queued: 3, dropped: 2 }, 'red 2 lost, 3 waiting'],
      [{ connected: true, queued: 0, dropped: 2 }, 'red 2 lost'],
    ] as const;
    for (const [health, expected] of rows) {
      const { fill, text } = renderLinkHealth([health]);
      assert.equal(text && `${fill} ${text}`, expected);
    }
  });
});
