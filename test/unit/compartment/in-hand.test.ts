import { deepEqual, equal, ok } from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runInNewContext } from 'node:vm';
import { isRecord } from '../../../packages/runtime/src/node-red/is-record.ts';
import { fromTagged, secretsPattern, toTagged } from '../../../packages/runtime/src/compartment/in-hand/tagged.ts';
import { rememberRequestNumber } from '../../../packages/runtime/src/protocol/passport.ts';
import { openInHandTrace } from '../../../packages/runtime/src/compartment/in-hand/trace.ts';
import { inHandFileName } from '../../../packages/runtime/src/protocol/in-hand.ts';
import { readInHand } from '../../../packages/runtime/src/supervisor/crashes/in-hand-file.ts';

describe('a message as JSON', () => {
  const values: readonly (readonly [string, unknown])[] = [
    ['texts, numbers, null', { payload: 'a', topic: '', n: 1.5, no: null, yes: true }],
    ['what JSON has not', { d: new Date(5), b: 12n, u: undefined, i: Infinity, m: new Map([['k', new Set([1])]]) }],
    ['bytes', { payload: Buffer.from([0, 255, 10]) }],
    ['a key that looks like a tag', { payload: { $date: 'none' }, other: { $a: 1, b: 2 } }],
  ];
  for (const [name, value] of values) {
    it(`keeps ${name}`, () => {
      const tagged = toTagged(value, 10_000, null);
      deepEqual([tagged.complete, tagged.redacted], [true, false]);
      deepEqual(fromTagged(JSON.parse(JSON.stringify(tagged.value))), value);
    });
  }

  it('tells values of another realm by their kind, as function nodes make them', () => {
    const made: unknown = runInNewContext(
      '({ m: new Map([[1, new Set([2])]]), b: new Uint8Array([1]), d: new Date(3), e: new RangeError("far") })',
    );
    const tagged = toTagged(made, 10_000, null);
    deepEqual(fromTagged(JSON.parse(JSON.stringify(tagged.value))), {
      m: new Map([[1, new Set([2])]]),
      b: Buffer.from([1]),
      d: new Date(3),
      e: Object.defineProperty(new Error('far'), 'name', { value: 'RangeError' }),
    });
  });

  it('keeps what an error says of itself and its cause, and leaves out what hangs on it', () => {
    const error = Object.assign(new Error('no connection', { cause: new Error('refused') }), { code: 'ECONNREFUSED' });
    const tagged = toTagged({ error }, 10_000, null);
    const back = fromTagged(JSON.parse(JSON.stringify(tagged.value)));
    deepEqual([tagged.complete, isRecord(back) && back['error']], [true, error]);
    equal(toTagged({ error: Object.assign(error, { socket: process.stdout }) }, 10_000, null).complete, false);
    ok(fromTagged({ $error: 'as in older reports' }) instanceof Error);
  });

  it('says what it had to leave out: circles, functions, what is too long or too deep', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    let deep: unknown = 1;
    for (let level = 0; level < 100; level += 1) deep = [deep];
    for (const value of [circle, { f: () => {} }, { s: 'x'.repeat(2_000) }, { b: Buffer.alloc(9_000) }, deep])
      equal(toTagged(value, 1_000, null).complete, false);
  });

  it('is bounded, and so is the work, however large the message', () => {
    const large = { list: Array.from({ length: 1_000_000 }, (_, n) => ({ n, text: `text ${n}` })) };
    const from = performance.now();
    const { value, complete } = toTagged(large, 8_192, null);
    ok(performance.now() - from < 1_000);
    equal(complete, false);
    ok(JSON.stringify(value).length < 16_384);
  });

  it('has no secret in it, neither in texts nor keys nor bytes', () => {
    const secrets = secretsPattern(['s3cret+word', 'pw']);
    const message = { s: 'a s3cret+word b', 's3cret+word': 1, b: Buffer.from('…s3cret+word'), short: 'pw' };
    const { value, redacted } = toTagged(message, 10_000, secrets);
    equal(redacted, true);
    deepEqual(value, { s: 'a •••• b', '••••': 1, b: { $buffer: '' }, short: 'pw' });
  });
});

describe('the message in hand', () => {
  let directory = '';
  let nowMs = 0;
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'bh-in-hand-'));
    nowMs = 0;
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));
  const held = () => readInHand(directory, process.pid);
  /** Each look at the clock takes 1 ms, so each write does. */
  const slowClock = (): number => ++nowMs;

  it('is the last one that a node received, and none of another process', () => {
    const trace = openInHandTrace({ directory, exact: false });
    equal(held(), null);
    trace.received('a', { payload: 'a much longer text than the one that follows' });
    const req = {};
    rememberRequestNumber(req, '7');
    trace.received('b', { payload: 2, req, res: { end: () => {} } });
    const { nodeId, message, complete, exact, request } = held() ?? {};
    deepEqual(
      { nodeId, message, complete, exact, request },
      { nodeId: 'b', message: { payload: 2 }, complete: true, exact: false, request: '7' },
    );
    equal(readInHand(directory, process.pid + 1), null);
    trace.close();
  });

  it('is not told when a later one was not noted', () => {
    const trace = openInHandTrace({ directory, exact: false });
    trace.received('a', { payload: 1 });
    trace.missed();
    equal(held(), null);
    trace.received('a', { payload: 2 });
    deepEqual(held()?.message, { payload: 2 });
    trace.close();
  });

  it('is not told when later ones were not written, and costs a bounded share of the time', () => {
    const trace = openInHandTrace({ directory, exact: false, share: 0.01, now: slowClock });
    for (let n = 0; n < 100; n += 1) trace.received('a', { payload: n });
    equal(held(), null);
    nowMs += 3_000;
    for (let n = 0; n < 32 && held() === null; n += 1) trace.received('a', { payload: `late ${n}` });
    ok(held() !== null, 'the budget is filled again');
    trace.close();
  });

  it('is every one when it has to be exact', () => {
    const trace = openInHandTrace({ directory, exact: true, share: 0, now: slowClock });
    for (let n = 0; n < 1_000; n += 1) trace.received(`n${n}`, { payload: n });
    deepEqual([held()?.nodeId, held()?.message, held()?.exact], ['n999', { payload: 999 }, true]);
    trace.close();
  });

  it('of a process that dies of an earlier message is that one; nobody knows it when it is gone', () => {
    const trace = openInHandTrace({ directory, exact: false });
    const first = { payload: 'first' };
    trace.received('a', first);
    trace.received('b', { payload: 'second' });
    trace.died('a', first);
    deepEqual([held()?.nodeId, held()?.message], ['a', { payload: 'first' }]);
    trace.died('a', undefined);
    equal(held(), null);
    trace.close();
  });

  it('is as it came, not as the node has changed it', () => {
    const trace = openInHandTrace({ directory, exact: false });
    const message: Record<string, unknown> = { payload: 'as it came' };
    trace.received('a', message);
    message['payload'] = 'changed';
    trace.died('a', message);
    deepEqual(held()?.message, { payload: 'as it came' });
    trace.close();
  });

  it('of a request tells how far its handling went', () => {
    const soon: (() => void)[] = [];
    const later: (() => void)[] = [];
    const timers = {
      soon: (work: () => void) => void soon.push(work),
      later: (work: () => void) => void later.push(work),
    };
    const run = (due: (() => void)[]): void => due.splice(0).forEach((work) => work());
    const trace = openInHandTrace({ directory, exact: false, timers });
    const req = {};
    rememberRequestNumber(req, '7');
    const message = { req };
    const stage = () => held()?.stage;
    trace.received('a', message);
    equal(stage(), 'runs');
    run(soon);
    equal(stage(), 'turned');
    trace.received('b', message);
    equal(stage(), 'runs');
    run(soon);
    run(later);
    equal(stage(), 'turned', 'the other was there a second ago');
    run(later);
    equal(stage(), 'over');
    trace.died('b', message);
    equal(stage(), 'ends');
    ok((held()?.heapShare ?? 0) > 0);
    trace.received('b', { payload: 'of no request' });
    run(soon);
    deepEqual([stage(), held()?.request, later.length], ['runs', undefined, 0]);
    trace.received('a', message);
    trace.close();
    run(soon);
    equal(stage(), 'runs', 'a file that is closed is not written to');
  });

  it('is longer when the process dies of it than when it is only kept in case', () => {
    const trace = openInHandTrace({ directory, exact: false });
    const message = { payload: 'x'.repeat(100_000) };
    trace.received('a', message);
    equal(held()?.complete, false);
    trace.died('a', message);
    equal(held()?.complete, true);
    trace.close();
  });

  it('never holds a credential, on disk either', () => {
    const trace = openInHandTrace({ directory, exact: false });
    trace.hide(['hunter2!']);
    trace.received('a', { payload: 'password hunter2! it is' });
    equal(held()?.redacted, true);
    ok(!readFileSync(path.join(directory, inHandFileName), 'utf8').includes('hunter2!'));
    trace.close();
  });
});
