import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { noGroups } from '../../packages/runtime/src/keeper/house-groups.ts';
import { type Children, createChildren } from '../../packages/runtime/src/keeper/children.ts';
import { findDeathSignal } from '../../packages/runtime/src/keeper/death-signal.ts';
import { noLastWill } from '../../packages/runtime/src/keeper/last-will.ts';
import type { ChildExit, ChildSpec, ChildStatus, ExitReason } from '../../packages/runtime/src/protocol/messages.ts';
import { until } from '../support/until.ts';
import { isAlive } from './fixtures/alive.ts';

const crash = fileURLToPath(new URL('fixtures/crash.ts', import.meta.url));

describe('a child of the keeper', () => {
  let directory = '';
  let children: Children;
  let exits: ChildExit[] = [];
  /** Until the next start, as promised at each exit. */
  let pauses: (number | null | undefined)[] = [];
  let started: ChildStatus[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'bh-keeper-'));
    exits = [];
    pauses = [];
    started = [];
    children = createChildren({
      withDeathSignal: findDeathSignal(),
      lastWill: noLastWill,
      groups: () => noGroups,
      logsDirectory: directory,
      onNotice: () => {},
      onStarted: (status) => started.push(status),
      onExited(exit, again) {
        exits.push(exit);
        pauses.push(again?.restartsInMs);
      },
    });
  });
  afterEach(async () => {
    children.stayDown();
    for (const { name } of children.running()) {
      children.kill(name, 'SIGKILL');
      await children.ended(name, 2000);
    }
    await children.flushLogs();
    rmSync(directory, { recursive: true, force: true });
  });

  const spec = (ending: string, parts: Partial<ChildSpec> = {}): ChildSpec => ({
    name: 'c',
    role: 'compartment',
    command: process.execPath,
    args: ['--max-old-space-size=20', crash, ending],
    cwd: directory,
    env: { PATH: process.env['PATH'] ?? '' },
    restart: 'none',
    ...parts,
  });
  const firstExit = async (): Promise<ChildExit> => {
    await until(() => exits.length > 0, { deadlineMs: 15_000, what: 'the exit' });
    const [exit] = exits;
    if (exit === undefined) throw new Error('no exit');
    return exit;
  };
  const said = (text: string) =>
    until(() => children.logs('c', 10).some((line) => line.text.includes(text)), { deadlineMs: 5000, what: text });

  const table: readonly (readonly [string, ExitReason, RegExp, Partial<ChildSpec>?])[] = [
    ['exits with 0', 'exit', /code 0/],
    ['exits with 3', 'exit', /code 3/],
    ['exits with 78', 'startup-failed', /port 1880 is in use/],
    ['throws', 'uncaught-exception', /TypeError: x is not a function/],
    // Node.js prints a rejected Error like a thrown one: which it was only last words can tell.
    ['rejects', 'uncaught-exception', /nobody caught me/],
    ['rejects with a text', 'unhandled-rejection', /a text/],
    ['fills the heap', 'out-of-memory', /heap/i],
    ['aborts', 'signal', /SIGABRT/],
    ['segfaults', 'signal', /SIGSEGV/],
    ['says last words', 'unhandled-rejection', /in a node/],
    ['imports what is missing', 'startup-failed', /no-such-package/],
    ['spins', 'hang', /no sign of life/, { hangLimitMs: 400 }],
    ['is silent', 'hang', /no sign of life/, { hangLimitMs: 400 }],
    ['was never there', 'startup-failed', /no-such-program/, { command: '/no-such-program' }],
    ['has no working directory', 'startup-failed', /could not be started/, { cwd: '/no-such-directory' }],
  ];
  for (const [ending, reason, detail, parts] of table) {
    it(`that ${ending} is reported as ${reason}`, async () => {
      children.start(spec(ending, parts));
      const exit = await firstExit();
      equal(exit.reason, reason, JSON.stringify(exit));
      match(exit.detail, detail);
      equal(exits.length, 1);
      equal(children.list()[0]?.state, 'stopped');
    });
  }

  it('is reported with its pid as soon as it is started', () => {
    const status = children.start(spec('waits'));
    ok(status.pid !== null && status.pid > 0);
    process.kill(status.pid, 0);
    deepEqual(started, [status]);
  });

  it('that hangs or fills its heap is reported with the node that received last', async () => {
    children.start(spec('spins', { hangLimitMs: 2_000 }));
    equal((await firstExit()).nodeId, 'node-7');
    exits = [];
    children.start(spec('fills the heap'));
    equal((await firstExit()).nodeId, 'node-1');
  });

  it('may get a longer time to be silent while it runs', async () => {
    children.start(spec('waits', { hangLimitMs: 600 }));
    const resources = { memoryMb: 1024, cpuPercent: 200 };
    children.setLimits('c', { hangLimitMs: 60_000, resources });
    await said('waiting');
    children.setLimits('c', { hangLimitMs: 100, resources });
    equal((await firstExit()).reason, 'hang');
  });

  it('that is killed for a reason is reported with that reason', async () => {
    children.start(spec('waits'));
    await said('waiting');
    children.kill('c', 'SIGKILL', { reason: 'memory-limit', detail: '300 MB of 200 MB' });
    const exit = await firstExit();
    equal(exit.reason, 'memory-limit');
    equal(exit.signal, 'SIGKILL');
  });

  it('that is killed from outside is reported as that', async () => {
    const { pid } = children.start(spec('waits'));
    await said('waiting');
    process.kill(pid ?? 0, 'SIGKILL');
    equal((await firstExit()).reason, 'signal');
  });

  it('is reported although a grandchild holds its output, in its log as well, and the grandchild ends too', async () => {
    children.start(spec('has a grandchild that holds its output'));
    const exit = await firstExit();
    equal(exit.code, 5);
    const [line, last] = children.logs('c', 2);
    equal(last?.text, `--- ended: exit: ${exit.detail}`);
    const pid = Number(line?.text.split(' ')[1]);
    ok(pid > 0);
    await until(() => !isAlive(pid), { deadlineMs: 2000, what: 'the end of the grandchild' });
  });

  it('gets its boot data on descriptor 3 and no environment but its own', async () => {
    children.start(spec('echoes its boot data', { boot: { token: 'secret', n: 1 }, env: { ONLY: 'this' } }));
    await firstExit();
    const lines = children.logs('c', 10).map(({ text }) => text);
    deepEqual(JSON.parse(lines[0] ?? ''), { token: 'secret', n: 1 });
    deepEqual(JSON.parse(lines[1] ?? ''), ['ONLY']);
  });

  it('that floods its output can be ended, and its last lines are kept', async () => {
    children.start(spec('floods its output'));
    await until(() => children.logs('c', 1000).length > 200, { deadlineMs: 5000, what: 'output' });
    children.kill('c', 'SIGKILL');
    equal((await firstExit()).signal, 'SIGKILL');
    ok(children.logs('c', 5000).length <= 1000);
  });

  it('cannot be started twice under one name', () => {
    children.start(spec('waits'));
    let code: unknown;
    try {
      children.start(spec('waits'));
    } catch (error) {
      code = error instanceof Error && 'code' in error ? error.code : error;
    }
    equal(code, 'already-running');
  });

  it('that is a service is started again by itself, at once and then later', async () => {
    children.start(spec('exits with 3', { role: 'service', restart: 'keeper' }));
    await until(() => started.length === 3, { deadlineMs: 8000, what: 'two restarts' });
    const [, second, third] = started;
    ok((second?.startedAt ?? 0) - (exits[0]?.endedAt ?? 0) < 200);
    deepEqual(pauses.slice(0, 2), [0, 250]);
    // The timer counts by another clock, and both instants are whole milliseconds.
    ok((third?.startedAt ?? 0) - (exits[1]?.endedAt ?? 0) >= 249);
    children.stayDown('c');
    await until(() => children.list()[0]?.state === 'stopped', { deadlineMs: 3000, what: 'staying down' });
  });
});
