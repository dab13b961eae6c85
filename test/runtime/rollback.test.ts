import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import type { FlowEntry } from '../support/bulkhead-http.ts';
import { until } from '../support/until.ts';

const tab = (answer: string): FlowEntry[] => [
  { id: 'tab', type: 'tab', label: 'Recipe' },
  { id: 'in', type: 'http in', z: 'tab', url: '/recipe', method: 'get', x: 100, y: 60, wires: [['do']] },
  { id: 'do', type: 'function', z: 'tab', func: answer, outputs: 1, libs: [], x: 250, y: 60, wires: [['out']] },
  { id: 'out', type: 'http response', z: 'tab', x: 400, y: 60, wires: [] },
];
const good = tab("msg.payload = 'good'; return msg;");
const throwing = "Promise.reject(new Error('bad edit')); return null;";
const bad = tab("setTimeout(() => { throw new Error('bad edit'); }, 1); msg.payload = 'bad'; return msg;");

describe('A rollback', function () {
  this.timeout(90_000);
  let house: Bulkhead;
  let home = '';

  before(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'bulkhead-rollback-'));
    house = await startBulkhead({ settings: 'plant:\n  enabled: false\n', flows: good, home });
  });

  after(async () => {
    await house.stop();
    await rm(home, { recursive: true, force: true });
  });

  const rollback = () => fetch(`${house.url}/bulkhead/compartments/tab/rollback`, { method: 'POST' });
  const answers = (text: string) =>
    until(async () => (await (await house.request('/recipe')).text()) === text, {
      deadlineMs: 20_000,
      what: `"${text}"`,
    });

  it('is refused while there is nothing to go back to', async () => {
    assert.equal((await rollback()).status, 409);
    assert.equal((await fetch(`${house.url}/bulkhead/compartments/none/rollback`, { method: 'POST' })).status, 404);
  });

  it('runs the flows that lived, while the editor keeps the edit, until that tab is deployed again', async () => {
    // Five seconds make a life; they are counted from the moment the flows were ready, in whatever process.
    await until(
      async () => {
        const [lived] = await house.compartments();
        return Date.now() - Number(lived?.['startedAt']) - Number(lived?.['readyAfterMs']) > 5_500;
      },
      { deadlineMs: 20_000, what: 'the flows have lived' },
    );
    await house.deploy(bad, 'flows');
    await answers('bad');
    await until(async () => (await rollback()).status === 202, { deadlineMs: 20_000, what: 'rolled back' });
    await answers('good');
    const [pinned] = await house.compartments();
    assert.equal(pinned?.['pinned'], true);
    assert.match(await (await house.request('/flows')).text(), /bad edit/);

    await house.kill('supervisor');
    await answers('good');
    await until(async () => (await house.compartments())[0]?.['pinned'] === true, {
      deadlineMs: 20_000,
      what: 'still pinned',
    });

    await house.deploy(tab("msg.payload = 'better'; return msg;"), 'flows');
    await answers('better');
    assert.equal((await house.compartments())[0]?.['pinned'], false);
  });

  it('goes on when its process falls under another supervisor, and in the next run of the house', async () => {
    const now = () => house.compartmentOfTab('Recipe');
    await house.deploy(tab("msg.payload = 'better'; return msg;"), 'full');
    await answers('better');
    await until(async () => (await now())['canRollBack'] === false, {
      deadlineMs: 20_000,
      what: 'only one that lived',
    });
    const livesSince = Date.now();
    await until(() => Date.now() - livesSince > 5_500, { deadlineMs: 20_000, what: 'the flows have lived' });
    await house.deploy(bad, 'flows');
    await answers('bad');
    assert.equal((await now())['canRollBack'], true);
    assert.equal((await rollback()).status, 202);
    await answers('better');

    await house.kill('supervisor');
    await until(async () => (await now())['pinned'] === true, { deadlineMs: 20_000, what: 'still pinned' });
    const { pid } = await now();
    process.kill(pid ?? 0, 'SIGKILL');
    await until(async () => (await now()).state === 'running' && (await now()).pid !== pid, {
      deadlineMs: 20_000,
      what: 'another process',
    });
    await answers('better');

    await house.stop();
    house = await startBulkhead({ home });
    await answers('better');
    assert.equal((await now())['pinned'], true);
    assert.match(await (await house.request('/flows')).text(), /bad edit/);
    await house.deploy(tab("msg.payload = 'best'; return msg;"), 'flows');
    await answers('best');
    assert.equal((await now())['pinned'], false);
  });

  it('comes by itself when a deploy keeps falling, if the policy says so, and the second such row ends in quarantine', async () => {
    const tabNow = () => house.compartmentOfTab('Recipe');
    const mortal = [
      ...tab("msg.payload = 'lived'; return msg;"),
      // Not one address, or the request would be set aside.
      { id: 'end', type: 'http in', z: 'tab', url: '/end/:time', method: 'get', x: 100, y: 120, wires: [['ends']] },
      { id: 'ends', type: 'function', z: 'tab', func: throwing, outputs: 1, libs: [], x: 250, y: 120, wires: [[]] },
    ];
    const policy = { policy: { onCrashLoop: 'rollback' } };
    await house.request('/bulkhead/compartments/tab', {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(policy),
    });
    await house.deploy(mortal, 'flows');
    await answers('lived');
    const livesSince = Date.now();
    await until(() => Date.now() - livesSince > 5_500, { deadlineMs: 20_000, what: 'the flows have lived' });

    const once = { once: true, onceDelay: 0.05, repeat: '', props: [] };
    await house.deploy(
      [...mortal, { id: 'start', type: 'inject', z: 'tab', ...once, x: 100, y: 180, wires: [['ends']] }],
      'flows',
    );
    await until(async () => (await tabNow())['pinned'] === true, { deadlineMs: 40_000, what: 'rolled back' });
    await answers('lived');
    assert.equal((await tabNow()).state, 'running');
    assert.match(await (await house.request('/flows')).text(), /"id":"start"/);

    let asked = 0;
    await until(
      async () => {
        const { state } = await tabNow();
        if (state === 'running')
          await fetch(`${house.url}/end/${(asked += 1)}`, { signal: AbortSignal.timeout(10_000) });
        return state === 'quarantined';
      },
      { deadlineMs: 40_000, what: 'a quarantine' },
    );
    assert.equal((await tabNow())['pinned'], true);
  });
});
