import { deepEqual, equal } from 'node:assert/strict';
import { analyseExit, type EndOfLife, parseLastWords } from '../../../packages/runtime/src/keeper/exit-analysis.ts';

const end = (parts: Partial<EndOfLife>): EndOfLife => ({
  code: null,
  signal: null,
  because: null,
  lastWords: null,
  lastNodeId: '',
  doing: '',
  stderrTail: [],
  outOfLimitMb: null,
  spawnError: null,
  ...parts,
});

const thrown = [
  '/flows/x.js:1',
  '    throw new TypeError("no")',
  '    ^',
  '',
  'TypeError: no',
  '    at x',
  '',
  'Node.js v24.1.0',
];
const rejected = [
  'node:internal/process/promises:394',
  '      triggerUncaughtException(err, true /* fromPromise */);',
  '      ^',
  '',
  'Error: late',
  '    at y',
  '',
  'Node.js v24.1.0',
];
const heap = [
  '<--- Last few GCs --->',
  'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
  '----- Native stack trace -----',
  ' 1: 0xdeadbeef node::OOMErrorHandler',
];

describe('why a child ended', () => {
  const table: readonly (readonly [string, Partial<EndOfLife>, string, RegExp])[] = [
    ['by itself with 0', { code: 0 }, 'exit', /exit code 0/],
    ['by itself with 3', { code: 3 }, 'exit', /exit code 3/],
    ['by itself with 1 and something on stderr', { code: 1, stderrTail: ['a warning'] }, 'exit', /exit code 1/],
    ['by an exception', { code: 1, stderrTail: thrown }, 'uncaught-exception', /^TypeError: no$/],
    ['by a rejection', { code: 1, stderrTail: rejected }, 'unhandled-rejection', /^Error: late$/],
    ['by a full heap', { signal: 'SIGABRT', stderrTail: heap }, 'out-of-memory', /heap out of memory/],
    ['by a full heap, seen through a shell', { code: 134, stderrTail: heap }, 'out-of-memory', /heap out of memory/],
    [
      'by another abort',
      { signal: 'SIGABRT', stderrTail: ['Assertion failed'] },
      'signal',
      /SIGABRT.*Assertion failed/,
    ],
    ['by a fault of an addon', { signal: 'SIGSEGV' }, 'signal', /native code/],
    ['by kill -9', { signal: 'SIGKILL' }, 'signal', /from outside/],
    ['by kill', { signal: 'SIGTERM' }, 'signal', /SIGTERM/],
    [
      'for want of buffers',
      { code: 1, stderrTail: ['RangeError: Array buffer allocation failed', '    at z', 'Node.js v24.1.0'] },
      'out-of-memory',
      /Array buffer/,
    ],
    [
      'before it started, a module is missing',
      { code: 1, stderrTail: ["Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'x'", 'Node.js v24.1.0'] },
      'startup-failed',
      /Cannot find package/,
    ],
    [
      'before it started, wrong configuration',
      { code: 78, stderrTail: ['port in use'] },
      'startup-failed',
      /port in use/,
    ],
    [
      'before it started, no such program',
      { code: 127, stderrTail: ['setpriv: failed to execute x'] },
      'startup-failed',
      /failed/,
    ],
    ['never, it could not be spawned', { spawnError: 'spawn x ENOENT' }, 'startup-failed', /ENOENT/],
    ['by the hang watch', { signal: 'SIGKILL', because: { reason: 'hang', detail: 'silent' } }, 'hang', /silent/],
    [
      'by a crash while somebody was about to kill it',
      { code: 1, stderrTail: thrown, because: { reason: 'memory-limit', detail: 'too big' } },
      'uncaught-exception',
      /TypeError/,
    ],
    ['cleanly after it was asked to', { code: 0, because: { reason: 'exit', detail: 'stopped' } }, 'exit', /^stopped$/],
  ];
  for (const [what, parts, reason, detail] of table) {
    it(`${what} is told as ${reason}`, () => {
      const verdict = analyseExit(end(parts));
      equal(verdict.reason, reason);
      equal(detail.test(verdict.detail), true, verdict.detail);
      equal(verdict.detail.includes('\n'), false);
    });
  }

  it('names the node of the last words, else the one of the last beat', () => {
    const lastWords = { reason: 'uncaught-exception', detail: 'x', nodeId: 'a' } as const;
    equal(analyseExit(end({ code: 1, lastWords, lastNodeId: 'b' })).nodeId, 'a');
    equal(analyseExit(end({ signal: 'SIGABRT', stderrTail: heap, lastNodeId: 'b' })).nodeId, 'b');
    equal('nodeId' in analyseExit(end({ code: 1 })), false);
  });

  it('says what the process did where no node is known', () => {
    const because = { reason: 'hang', detail: 'no sign of life for 2.0 s' } as const;
    const doing = 'loading node-red-contrib-x';
    equal(
      analyseExit(end({ signal: 'SIGKILL', because, doing })).detail,
      'no sign of life for 2.0 s, while loading node-red-contrib-x',
    );
    equal(analyseExit(end({ signal: 'SIGKILL', because, doing, lastNodeId: 'a' })).detail, because.detail);
  });

  it('is certain of the node only where the dying process was', () => {
    const said = { reason: 'uncaught-exception', detail: 'x', nodeId: 'a' } as const;
    equal(analyseExit(end({ code: 1, lastWords: { ...said, exact: true } })).nodeIsExact, true);
    equal(analyseExit(end({ code: 1, lastWords: said })).nodeIsExact, false);
    equal(analyseExit(end({ signal: 'SIGABRT', stderrTail: heap, lastNodeId: 'b' })).nodeIsExact, false);
  });

  it('takes as last words only what is some', () => {
    deepEqual(parseLastWords('{"reason":"hang","detail":"a\\n b"}'), { reason: 'hang', detail: 'a ⏎ b' });
    for (const line of ['', 'x', 'null', '[]', '{"reason":"bored"}', '{"detail":"x"}'])
      equal(parseLastWords(line), null);
  });

  it('names no node after a signal that the process itself told of, though it ended with code 0', () => {
    const lastWords = { reason: 'signal', detail: 'ended from outside by SIGTERM' } as const;
    deepEqual(analyseExit(end({ code: 0, lastWords, lastNodeId: 'b' })), { ...lastWords, nodeIsExact: false });
    const because = { reason: 'exit', detail: 'stopped' } as const;
    equal(analyseExit(end({ code: 0, lastWords, because })).detail, 'stopped', 'the keeper sent it');
  });

  it('names no node after a kill from outside, and the last receiver after a fault of native code', () => {
    const killed = analyseExit(end({ code: null, signal: 'SIGKILL', lastNodeId: 'n' }));
    equal(killed.nodeId, undefined);
    equal(analyseExit(end({ code: null, signal: 'SIGSEGV', lastNodeId: 'n' })).nodeId, 'n');
  });

  it('is a memory limit where the kernel ended it for one, and nothing else did', () => {
    const killed = end({ code: null, signal: 'SIGKILL', outOfLimitMb: 300, lastNodeId: 'n' });
    deepEqual(analyseExit(killed), {
      reason: 'memory-limit',
      detail: 'the kernel ended it: it used more memory than its limit of 300 MB',
      nodeId: 'n',
      nodeIsExact: false,
    });
    equal(analyseExit({ ...killed, because: { reason: 'hang', detail: 'silent' } }).reason, 'hang');
    // The kernel had ended something that it had started.
    equal(analyseExit({ ...killed, signal: null, code: 0 }).reason, 'exit');
  });
});
