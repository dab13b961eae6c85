import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import type { CompartmentInfo, FlowEntry, ProcessInfo } from '../support/bulkhead-http.ts';
import { until } from '../support/until.ts';
import { isAlive } from './fixtures/alive.ts';

const node = (id: string, z: string, type: string, more: Record<string, unknown> = {}): FlowEntry => ({
  id,
  z,
  type,
  name: id,
  x: 100,
  y: 100,
  wires: [[]],
  ...more,
});
const func = (id: string, z: string, code: string, to: string[] = []): FlowEntry =>
  node(id, z, 'function', { func: code, outputs: 1, libs: [{ var: 'process', module: 'process' }], wires: [to] });

/** A tab that counts on disk, answers over HTTP, is reached over a link, and dies at the press of a button. */
const tab = (id: string): FlowEntry[] => [
  { id, type: 'tab', label: id },
  node(`${id}-http`, id, 'http in', { url: `/${id}`, method: 'get', wires: [[`${id}-count`]] }),
  func(
    `${id}-count`,
    id,
    'const n = (flow.get("n", "file") ?? 0) + 1; flow.set("n", n, "file"); msg.payload = { n, pid: process.pid }; return msg;',
    [`${id}-answer`],
  ),
  node(`${id}-answer`, id, 'http response', { statusCode: '', headers: {} }),
  node(`${id}-press`, id, 'inject', { props: [], wires: [[`${id}-dies`]] }),
  func(`${id}-dies`, id, 'node.warn("last line of " + process.pid); setTimeout(() => process.exit(3), 1);'),
  node(`${id}-press2`, id, 'inject', { props: [], wires: [[`${id}-spins`]] }),
  func(`${id}-spins`, id, 'for (;;) {}'),
  node(`${id}-in`, id, 'link in', { links: [], wires: [[`${id}-back`]] }),
  func(`${id}-back`, id, 'msg.payload = process.pid; return msg;', [`${id}-return`]),
  node(`${id}-return`, id, 'link out', { mode: 'return', links: [] }),
];
const caller: FlowEntry[] = [
  { id: 'caller', type: 'tab', label: 'caller' },
  node('ask', 'caller', 'http in', { url: '/linked', method: 'get', wires: [['call']] }),
  node('call', 'caller', 'link call', { linkType: 'static', links: ['one-in'], timeout: '5', wires: [['told']] }),
  node('told', 'caller', 'http response', { statusCode: '', headers: {} }),
];

describe('A spare', function () {
  this.timeout(120_000);
  let house: Bulkhead;

  before(async () => {
    house = await startBulkhead({
      settings: 'plant:\n  enabled: false\n',
      flows: [...tab('one'), ...tab('two'), ...caller],
    });
  });
  after(() => house?.stop());

  const spares = async (): Promise<ProcessInfo[]> =>
    (await house.processes()).filter(({ role, state }) => role === 'spare' && state === 'running');
  const shared = async (): Promise<ProcessInfo> => {
    await house.prepared(1);
    const [spare] = await spares();
    if (spare === undefined) throw new Error('there is no spare');
    return spare;
  };
  const press = (button: string) =>
    fetch(`${house.url}/inject/${button}`, { method: 'POST', signal: AbortSignal.timeout(5_000) }).catch(() => {});
  const backAfter = (tabId: string, pid: number | null | undefined): Promise<CompartmentInfo> =>
    until(
      async () => {
        const found = await house.compartmentOfTab(tabId);
        return found.state === 'running' && found.pid !== pid ? found : undefined;
      },
      { deadlineMs: 30_000, what: `another process of ${tabId}` },
    );
  const json = async (url: string): Promise<unknown> => (await house.request(url)).json();
  const patch = (tabId: string, body: object) =>
    house.request(`/bulkhead/compartments/${tabId}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('waits once all compartments run, is listed as what it is, and is one', async () => {
    const { pid, name } = await shared();
    ok(typeof pid === 'number' && isAlive(pid));
    match(name, /^spare:/);
    equal((await spares()).length, 1);
  });

  it('becomes the tab that died, with its files, routes, links and log, and another one follows', async () => {
    const spare = await shared();
    const { pid } = await house.compartmentOfTab('one');
    deepEqual(await json('/one'), { n: 1, pid });
    // Context files are written every 30 s, and at a clean stop.
    await house.request('/bulkhead/compartments/one/restart', { method: 'POST' });
    const second = await backAfter('one', pid);
    equal(second.pid, spare.pid, 'a restart at will takes it too');
    deepEqual(await json('/one'), { n: 2, pid: second.pid });

    const next = await shared();
    notEqual(next.pid, spare.pid);
    await press('one-press');
    const third = await backAfter('one', second.pid);
    equal(third.pid, next.pid);
    deepEqual(await json('/one'), { n: 2, pid: third.pid });
    equal(await json('/linked'), third.pid);
    equal((await house.processes()).find(({ pid: other }) => other === third.pid)?.name, 'compartment:one');
    const log = JSON.stringify(await json('/bulkhead/compartments/one/logs?lines=100'));
    match(log, new RegExp(`last line of ${second.pid}`));
    const file = await readFile(path.join(house.home, 'logs', 'compartment_one.log'), 'utf8');
    match(file, new RegExp(`started as spare:\\w+ with pid ${third.pid}`));
  });

  it('has the hang limit and the exit report of the tab that it became', async () => {
    const { pid } = await shared();
    const before = await house.compartmentOfTab('one');
    await press('one-press');
    const one = await backAfter('one', before.pid);
    equal(one.pid, pid);
    await patch('one', { limits: { hangMs: 4_000 } });
    await press('one-press2');
    await backAfter('one', one.pid);
    const { lastExit } = await house.compartmentOfTab('one');
    // A machine under load may be that slow by itself, and what follows counts spares.
    await patch('one', { limits: { hangMs: 60_000 } });
    equal(lastExit?.reason, 'hang');
    equal(lastExit?.nodeId, 'one-spins');
    const reports = await json('/bulkhead/compartments/one/crashes');
    const last: unknown = Array.isArray(reports) ? reports.at(-1) : undefined;
    match(JSON.stringify(last), /"reason":"hang"/);
    ok(!JSON.stringify(last).includes(`last line of ${before.pid}`), 'what the process before said is not its own');
  });

  it('is left alone by a tab with another heap limit', async () => {
    await patch('two', { limits: { heapMb: 200 } });
    const spare = await shared();
    const { pid } = await house.compartmentOfTab('two');
    await press('two-press');
    notEqual((await backAfter('two', pid)).pid, spare.pid);
    equal((await shared()).pid, spare.pid);
    await patch('two', { limits: { heapMb: 256 } });
  });

  it('outlives the supervisor and serves the next one', async () => {
    const spare = await shared();
    await house.kill('supervisor');
    await until(async () => (await house.request('/readyz')).ok, { deadlineMs: 20_000, what: 'another supervisor' });
    equal((await shared()).pid, spare.pid);
    const { pid } = await house.compartmentOfTab('caller');
    await house.kill('compartment:caller');
    equal((await backAfter('caller', pid)).pid, spare.pid);
  });

  it('that is killed is replaced', async () => {
    const spare = await shared();
    process.kill(spare.pid ?? 0, 'SIGKILL');
    await until(async () => (await spares()).some(({ pid }) => pid !== spare.pid), {
      deadlineMs: 20_000,
      what: 'another spare',
    });
  });

  it('of its own is there for a tab whose policy says so, also after a restart of the supervisor', async () => {
    await patch('two', { policy: { standby: 'own' } });
    await house.prepared(2);
    await house.kill('supervisor');
    await until(async () => (await house.request('/readyz')).ok, { deadlineMs: 20_000, what: 'another supervisor' });
    await house.prepared(2);
    match(JSON.stringify((await house.compartmentOfTab('two'))['policy']), /"standby":"own"/);
    const own = (await spares()).find(({ name }) => name.includes('-'));
    const { pid } = await house.compartmentOfTab('two');
    await press('two-press');
    equal((await backAfter('two', pid)).pid, own?.pid);
    await house.prepared(2);
    await patch('two', { policy: { standby: 'shared' } });
    await until(async () => (await spares()).length === 1, { deadlineMs: 10_000, what: 'one spare again' });
  });

  it('ends with the house', async () => {
    const { pid } = await shared();
    equal(await house.stop(), 0);
    ok(!isAlive(pid ?? 0));
  });
});
