import { deepEqual, equal, match } from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createProbeDialogs, type ProbeDialogs } from '@bulkhead/node-kit';

/** Does what it is asked: answers with its process, says nothing, ends, prints nonsense. */
const script = `
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, question } = JSON.parse(line);
  if (question.say === 'pid') console.log(JSON.stringify({ id, result: process.pid }));
  if (question.say === 'nonsense') console.log('no answer at all');
  if (question.say === 'crash') process.exit(3);
});
`;

describe('a probe process that serves a dialog', function () {
  this.timeout(20_000);
  const folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-probe-'));
  const file = path.join(folder, 'probe.cjs');
  let dialogs: ProbeDialogs;

  before(() => writeFileSync(file, script));
  beforeEach(() => {
    dialogs = createProbeDialogs({ script: file, deadlineMs: 1_000, idleMs: 60_000, mostAtOnce: 2 });
  });
  afterEach(() => {
    for (const name of ['a', 'b', 'c']) dialogs.end(name);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const ask = (dialog: string, say: string) => dialogs.ask(dialog, { say });
  const reason = async (dialog: string, say: string): Promise<string> => {
    const probed = await ask(dialog, say);
    return probed.ok ? probed.output : probed.reason;
  };

  it('stays for all questions of its dialog, and for no other', async () => {
    const [first, again, other] = [await ask('a', 'pid'), await ask('a', 'pid'), await ask('b', 'pid')];
    deepEqual(again, first);
    equal(first.ok && other.ok && first.output !== other.output, true);
  });

  it('is ended when it does not answer in time, crashes or prints nonsense, and the next question starts another', async () => {
    const pids = new Set<string>();
    for (const [say, because] of [
      ['nothing', /no answer within 1000 ms/],
      ['crash', /ended with 3/],
      ['nonsense', /the answer cannot be read/],
    ] as const) {
      pids.add(await reason('a', 'pid'));
      match(await reason('a', say), because);
    }
    equal(pids.size, 3);
  });

  it('gives its place to another dialog while it waits for nothing, and else not', async () => {
    const first = await reason('a', 'pid');
    await ask('b', 'pid');
    match(await reason('c', 'pid'), /^\d+$/);
    const busy = [ask('b', 'nothing'), ask('c', 'nothing')];
    match(await reason('a', 'pid'), /too many tests are under way/);
    await Promise.all(busy);
    equal((await reason('a', 'pid')) === first, false);
  });
});
