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
});
