import { deepEqual, equal, ok } from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LastInHand } from '../../../packages/runtime/src/supervisor/crashes/in-hand-file.ts';
import type { ChildExit } from '../../../packages/runtime/src/protocol/messages.ts';
import { crashReportOf } from '../../../packages/runtime/src/supervisor/crashes/crash-report.ts';
import { type CrashStore, openCrashStore } from '../../../packages/runtime/src/supervisor/crashes/crash-store.ts';

const exit = (n: number, more: Partial<ChildExit> = {}): ChildExit => ({
  name: 'compartment:a/b',
  role: 'compartment',
  pid: 100 + n,
  startedAt: 0,
  endedAt: 1_000 + n,
  code: 1,
  signal: null,
  reason: 'hang',
  detail: 'silent',
  nodeId: 'n1',
  nodeIsExact: false,
  stderrTail: [],
  logTail: [],
  ...more,
});
const inHand = (more: Partial<LastInHand> = {}): LastInHand => ({
  pid: 1,
  at: 5,
  nodeId: 'n1',
  exact: false,
  message: { payload: 'p' },
  complete: true,
  redacted: false,
  stage: 'runs',
  ...more,
});

describe('crash reports', () => {
  let folder = '';
  const lines: string[] = [];
  const open = (): Promise<CrashStore> => openCrashStore(folder, (line) => lines.push(line));
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'bh-crashes-'));
    lines.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const add = (store: CrashStore, n: number, held: LastInHand | null = null): string => {
    const report = crashReportOf(exit(n), { id: 'n1', name: 'Node' }, held);
    store.add('a/b', report, held);
    return report.id;
  };

  it('are there again after a restart, with the message in hand', async () => {
    const store = await open();
    const first = add(store, 1, inHand());
    add(store, 2);
    await store.saved();
    const again = await open();
    deepEqual(again.reports('a/b'), store.reports('a/b'));
    deepEqual(await again.message('a/b', first), { payload: 'p' });
    deepEqual(lines, []);
  });

  it('are one per crash, though it is told twice, and keep the first message', async () => {
    const store = await open();
    const id = add(store, 1, inHand());
    equal(add(store, 1), id);
    equal(store.reports('a/b').length, 1);
    deepEqual(await store.message('a/b', id), { payload: 'p' });
  });

  it('are bounded: the oldest goes, with its message', async () => {
    const store = await open();
    for (let n = 0; n < 30; n += 1) add(store, n, inHand());
    await store.saved();
    equal(store.reports('a/b').length, 20);
    equal(store.reports('a/b')[0]?.at, 1_010);
    const [name = ''] = await readdir(folder);
    equal((await readdir(path.join(folder, name))).length, 40);
  });

  it('can be deleted, and then are gone', async () => {
    const store = await open();
    const id = add(store, 1, inHand());
    equal(store.remove('a/b', id), true);
    equal(store.remove('a/b', id), false);
    equal(store.remove('a/b', '../../etc/passwd'), false);
    await store.saved();
    equal(await store.message('a/b', id), undefined);
    deepEqual((await open()).reports('a/b'), []);
  });

  it('that were torn or written by somebody else are left out', async () => {
    const store = await open();
    add(store, 1);
    await store.saved();
    const [name = ''] = await readdir(folder);
    await writeFile(path.join(folder, name, 'torn.json'), '{"id":');
    await writeFile(path.join(folder, name, 'other.json'), '{"id":"x"}');
    equal((await open()).reports('a/b').length, 1);
  });

  const exactness: readonly (readonly [string, Partial<ChildExit>, LastInHand | null, boolean])[] = [
    ['the dying process named its node', { nodeIsExact: true }, null, true],
    ['it is the last receiver', {}, inHand(), false],
    ['it is the last receiver and every message was written', {}, inHand({ exact: true }), true],
    ['it had come back from the handler of the last', {}, inHand({ exact: true, stage: 'turned' }), false],
    ['every message was written, the last one for another node', {}, inHand({ exact: true, nodeId: 'n2' }), false],
  ];
  for (const [name, parts, held, expected] of exactness) {
    it(`say ${expected ? 'that the node is certain' : 'that it is a guess'} where ${name}`, () =>
      equal(crashReportOf(exit(1, parts), undefined, held).nodeIsExact, expected));
  }

  it('hold a bounded part of the log and of the message', () => {
    const logTail = Array.from({ length: 100 }, (_, at) => ({
      at,
      stream: 'stdout' as const,
      text: 'x'.repeat(9_000),
    }));
    const report = crashReportOf(exit(1, { logTail }), undefined, inHand({ message: 'y'.repeat(100_000) }));
    ok(JSON.stringify(report).length < 50_000);
    equal(report.log.at(-1)?.at, 99);
  });
});
