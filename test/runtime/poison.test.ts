import { deepEqual, equal, match } from 'node:assert/strict';
import * as v from 'valibot';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import type { FlowEntry } from '../support/bulkhead-http.ts';
import { until } from '../support/until.ts';

const node = (id: string, type: string, more: Record<string, unknown> = {}): FlowEntry => ({
  id,
  z: 'tab',
  type,
  name: id,
  x: 100,
  y: 100,
  wires: [[]],
  ...more,
});
const flows: readonly FlowEntry[] = [
  { id: 'tab', type: 'tab', label: 'Tab' },
  node('in', 'http in', { url: '/order', method: 'post', wires: [['work']] }),
  node('work', 'function', {
    func: 'if (msg.payload.poison) { Promise.reject(new Error("it cannot be digested")); return null; } return msg;',
    outputs: 1,
    libs: [],
    wires: [['out']],
  }),
  node('out', 'http response', { statusCode: '', headers: {} }),
];
const listed = v.array(v.looseObject({ id: v.string(), url: v.string(), kills: v.number(), refused: v.number() }));

describe('A request that kills its compartment', function () {
  this.timeout(120_000);
  let house: Bulkhead;

  before(async () => {
    house = await startBulkhead({ settings: 'plant: {enabled: false}\n', flows });
  });
  after(() => house?.stop());

  const running = () =>
    until(async () => (await house.compartmentOfTab('Tab')).state === 'running', { deadlineMs: 60_000, what: 'up' });
  const post = async (body: object) => {
    const response = await fetch(`${house.url}/order`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-bulkhead-request': '1' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    });
    return { status: response.status, text: await response.text() };
  };
  const kill = async (): Promise<void> => {
    await running();
    const { restarts } = await house.compartmentOfTab('Tab');
    equal((await post({ poison: true })).status, 503);
    await until(async () => (await house.compartmentOfTab('Tab')).restarts > restarts, {
      deadlineMs: 30_000,
      what: 'the restart',
    });
  };
  const setAside = async () => v.parse(listed, await (await house.request('/bulkhead/set-aside')).json());

  it('is refused at the fourth delivery, and no other request is', async () => {
    for (let times = 0; times < 3; times += 1) {
      equal((await setAside()).length, 0);
      await kill();
    }
    await running();
    const { restarts } = await house.compartmentOfTab('Tab');
    const { status, text } = await post({ poison: true });
    equal(status, 503);
    match(text, /was set aside: it ended its compartment 3 times/);
    equal((await post({ good: 'x'.repeat(100_000) })).status, 200);
    equal((await house.compartmentOfTab('Tab')).restarts, restarts);
    const [suspect] = await setAside();
    equal(suspect?.refused, 1);
    equal(suspect?.url, '/order');
  });

  it('stays set aside over a restart of the supervisor', async () => {
    const before = (await setAside()).map(({ id, kills }) => ({ id, kills }));
    await house.kill('supervisor');
    await until(async () => (await setAside()).length > 0, { deadlineMs: 30_000, what: 'another supervisor' });
    deepEqual(
      (await setAside()).map(({ id, kills }) => ({ id, kills })),
      before,
    );
    await running();
    match((await post({ poison: true })).text, /was set aside/);
    equal((await post({ good: true })).status, 200);
  });

  it('may pass again once a person has released it', async () => {
    const [suspect] = await setAside();
    const release = () => fetch(`${house.url}/bulkhead/set-aside/${suspect?.id}`, { method: 'DELETE' });
    equal((await release()).status, 200);
    equal((await release()).status, 404);
    await kill();
  });

  it('may pass again once its tab is deployed with other flows', async () => {
    for (let times = 0; times < 3 && (await setAside()).length === 0; times += 1) await kill();
    equal((await setAside()).length, 1);
    await house.deploy(flows);
    equal((await setAside()).length, 1, 'the same flows would die of it as well');
    const mended = 'return msg;';
    await house.deploy(flows.map((entry) => (entry.id === 'work' ? { ...entry, func: mended } : entry)));
    await until(async () => (await setAside()).length === 0, { deadlineMs: 30_000, what: 'its release' });
    await running();
    await until(async () => (await post({ poison: true })).status === 200, { deadlineMs: 30_000, what: 'an answer' });
  });
});

describe('A request to a tab that ends of something else', function () {
  this.timeout(180_000);
  let house: Bulkhead;

  before(async () => {
    const healthy = (tab: string, more: Record<string, unknown>): FlowEntry[] => [
      { id: tab, type: 'tab', label: tab },
      node(`${tab}-in`, 'http in', { z: tab, url: `/${tab}`, method: 'get', wires: [[`${tab}-work`]] }),
      node(`${tab}-work`, 'function', {
        ...{ z: tab, func: 'return {...msg, payload: "healthy"};', outputs: 1, libs: [], wires: [[`${tab}-out`]] },
        ...more,
      }),
      node(`${tab}-out`, 'http response', { z: tab, statusCode: '', headers: {} }),
    ];
    // 20 MB of heap every 100 ms.
    const leak = 'const all = []; setInterval(() => all.push(new Array(2.5e6).fill(0)), 100);';
    house = await startBulkhead({
      settings: 'plant: {enabled: false}\nlimits: {heapMb: 128}\n',
      flows: [...healthy('killed', {}), ...healthy('leaks', { initialize: leak })],
    });
  });
  after(() => house?.stop());

  const status = async (path: string): Promise<number> =>
    (await fetch(`${house.url}/${path}`, { signal: AbortSignal.timeout(20_000) })).status;
  const answers = (path: string) =>
    until(async () => (await status(path)) === 200, { deadlineMs: 60_000, what: `an answer of ${path}` });
  const restartsOf = async (tab: string): Promise<number> => (await house.compartmentOfTab(tab)).restarts;

  it('is handed on after three kills from outside', async () => {
    for (let kills = 1; kills <= 3; kills += 1) {
      await answers('killed');
      const { pid, restarts } = await house.compartmentOfTab('killed');
      if (typeof pid !== 'number') throw new Error('it does not run');
      process.kill(pid, 'SIGKILL');
      await until(async () => (await restartsOf('killed')) > restarts, { deadlineMs: 30_000, what: 'the restart' });
    }
    await answers('killed');
    deepEqual(await (await house.request('/bulkhead/set-aside')).json(), []);
  });

  it('is handed on after a leak has ended its process three times', async () => {
    await until(
      async () => {
        await status('leaks').catch(() => 0);
        return (await restartsOf('leaks')) >= 3;
      },
      { deadlineMs: 120_000, what: 'three ends' },
    );
    equal((await house.compartmentOfTab('leaks')).lastExit?.reason, 'out-of-memory');
    deepEqual(await (await house.request('/bulkhead/set-aside')).json(), []);
  });
});
