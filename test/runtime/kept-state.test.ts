/** What a person set for a compartment, over a damaged file and a full disk. */
import { deepEqual, equal, match } from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import type { FlowEntry } from '../support/bulkhead-http.ts';
import { until } from '../support/until.ts';

const flows: readonly FlowEntry[] = [
  { id: 'line', type: 'tab', label: 'Line' },
  { id: 'a', type: 'inject', z: 'line', props: [], x: 140, y: 80, wires: [[]] },
  { id: 'other', type: 'tab', label: 'Other' },
  { id: 'b', type: 'inject', z: 'other', props: [], x: 140, y: 80, wires: [[]] },
];
const env = { BULKHEAD_PLANT: 'false', BULKHEAD_DEMO: 'false' };
const settings = 'postgres: {host: 127.0.0.1, port: 9}\nspares: 0\n';
const set = v.object({
  limits: v.looseObject({ rssMb: v.number() }),
  policy: v.looseObject({ onCrashLoop: v.string() }),
  privilege: v.looseObject({ mode: v.string() }),
});
const refusal = v.object({ error: v.string() });

describe('what was set for a compartment', function () {
  this.timeout(120_000);
  let home = '';
  let file = '';
  let house: Bulkhead | undefined;

  const start = async (): Promise<Bulkhead> => {
    house = await startBulkhead({ home, flows, settings, env });
    return house;
  };
  const command = (bulkhead: Bulkhead, what: string, init: RequestInit) =>
    fetch(`${bulkhead.url}/bulkhead/compartments/line${what}`, { ...init, signal: AbortSignal.timeout(10_000) });
  const change = (bulkhead: Bulkhead, body: object) =>
    command(bulkhead, '', {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const restart = (bulkhead: Bulkhead) => command(bulkhead, '/restart', { method: 'POST' });
  const setOn = async (bulkhead: Bulkhead) => {
    const { limits, policy, privilege } = v.parse(set, await bulkhead.compartmentOfTab('Line'));
    return [limits.rssMb, policy.onCrashLoop, privilege.mode];
  };

  before(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'bulkhead-kept-'));
    file = path.join(home, 'supervisor', 'state.json');
  });
  afterEach(() => house?.stop());
  after(() => rm(home, { recursive: true, force: true }));

  it('stays set when the state file was damaged, which the terminal and the log say', async () => {
    const first = await start();
    const wanted = { limits: { rssMb: 500 }, policy: { onCrashLoop: 'rollback' }, privilege: { mode: 'strict' } };
    equal((await change(first, wanted)).status, 200);
    // The version before the last one has to hold it too.
    equal((await restart(first)).status, 202);
    await until(async () => (await first.compartmentOfTab('Line')).state === 'running', {
      deadlineMs: 20_000,
      what: 'the tab after its restart',
    });
    await first.stop();
    await writeFile(file, (await readFile(file)).subarray(0, -5));
    const second = await start();
    deepEqual(await setOn(second), [500, 'rollback', 'strict']);
    const said =
      /supervisor: the state file \S+state\.json cannot be used: it is not JSON .* kept as state\.json\.broken-/;
    await second.output.line(said, { deadlineMs: 5_000, what: 'the notice at the terminal' });
    match(await readFile(path.join(home, 'logs', 'supervisor.log'), 'utf8'), /state\.json cannot be used/);
  });

  it('is not written over by a supervisor that does not know yet which tabs there are', async () => {
    const bulkhead = await start();
    equal((await change(bulkhead, { limits: { rssMb: 444 } })).status, 200);
    equal((await command(bulkhead, '/stop', { method: 'POST' })).status, 202);
    await until(async () => (await bulkhead.compartmentOfTab('Line')).state === 'stopped', {
      deadlineMs: 15_000,
      what: 'the tab to be down',
    });
    // Nobody says which tabs there are.
    const editor = await bulkhead.kill('editor', 'SIGSTOP');
    try {
      await bulkhead.kill('supervisor');
      const { ino } = await stat(file);
      await until(async () => (await bulkhead.compartmentOfTab('Other')).state === 'running', {
        deadlineMs: 15_000,
        what: 'the next supervisor, with the tab that runs',
      });
      await until(async () => (await stat(file)).ino !== ino, { deadlineMs: 5_000, what: 'its state file' });
      equal((await bulkhead.compartments()).length, 1);
      match(await readFile(file, 'utf8'), /"line":.*"rssMb":444/);
    } finally {
      process.kill(editor, 'SIGCONT');
    }
  });

  it('on a full disk is answered as an error, holds, and is kept as soon as there is room', async () => {
    const bulkhead = await start();
    const full = `${file}.new`;
    await rm(full, { force: true });
    await symlink('/dev/full', full);
    const answer = await change(bulkhead, { limits: { rssMb: 321 } });
    equal(answer.status, 507);
    match(
      v.parse(refusal, await answer.json()).error,
      /it is done, but holds only until the supervisor is restarted: \S+state\.json could not be written: ENOSPC.*; make room there/,
    );
    equal((await restart(bulkhead)).status, 507);
    equal((await setOn(bulkhead))[0], 321);
    await rm(full);
    await until(async () => (await readFile(file, 'utf8')).includes('"rssMb":321'), {
      deadlineMs: 15_000,
      what: 'the limit in the state file',
    });
    equal((await change(bulkhead, { limits: { rssMb: 322 } })).status, 200);
  });
});
