import { deepEqual, equal } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import type { FlowEntry } from '../support/bulkhead-http.ts';
import { until } from '../support/until.ts';

const flows: readonly FlowEntry[] = [
  { id: 'quiet', type: 'tab', label: 'Quiet' },
  { id: 'works', type: 'tab', label: 'Works' },
  { id: 'falls', type: 'tab', label: 'Falls' },
  { id: 'slow', type: 'tab', label: 'Slow' },
  { id: 's', type: 'inject', z: 'slow', props: [], x: 140, y: 80, wires: [['closes']] },
  {
    id: 'closes',
    type: 'function',
    z: 'slow',
    func: '',
    finalize: 'await new Promise((resolve) => setTimeout(resolve, 4_000));',
    outputs: 0,
    x: 340,
    y: 80,
    wires: [],
  },
  { id: 'a', type: 'inject', z: 'quiet', props: [], x: 140, y: 80, wires: [[]] },
  { id: 'b', type: 'inject', z: 'works', props: [], x: 140, y: 80, wires: [[]] },
  { id: 'c', type: 'inject', z: 'falls', props: [], once: true, onceDelay: 0.1, x: 140, y: 80, wires: [['d']] },
  {
    id: 'd',
    type: 'function',
    z: 'falls',
    func: "Promise.reject(new Error('on purpose'));",
    outputs: 0,
    x: 340,
    y: 80,
    wires: [],
  },
];

describe('a compartment that is down on purpose', function () {
  this.timeout(120_000);
  let house: Bulkhead;

  before(async () => {
    house = await startBulkhead({ flows, env: { BULKHEAD_PLANT: 'false', BULKHEAD_DEMO: 'false' } });
  });
  after(() => house?.stop());

  const states = async () => (await house.compartments()).map(({ name, state }) => `${name} ${state}`);
  const reach = (...wanted: string[]) =>
    until(async () => (await states()).join() === wanted.join(), { deadlineMs: 60_000, what: wanted.join() });
  const command = (id: string, what: string) =>
    house.request(`/bulkhead/compartments/${id}/${what}`, { method: 'POST' });
  const replaceSupervisor = async (): Promise<void> => {
    const killed = await house.kill('supervisor');
    await until(
      async () => {
        const { pid } = (await house.processes()).find(({ role }) => role === 'supervisor') ?? {};
        return pid !== killed && (await house.request('/readyz')).ok;
      },
      { deadlineMs: 20_000, what: 'another supervisor that is ready' },
    );
  };

  it('stays down over a restart of the supervisor', async () => {
    await command('quiet', 'stop');
    await reach('Quiet stopped', 'Works running', 'Falls quarantined', 'Slow running');
    const file = path.join(house.home, 'supervisor', 'state.json');
    await until(async () => (await readFile(file, 'utf8')).match(/"down":\{/g)?.length === 2, {
      deadlineMs: 5_000,
      what: 'both written down',
    });
    const { pid } = await house.compartmentOfTab('Works');
    const { restarts } = await house.compartmentOfTab('Falls');
    await replaceSupervisor();
    deepEqual(await states(), ['Quiet stopped', 'Works running', 'Falls quarantined', 'Slow running']);
    equal((await house.compartmentOfTab('Works')).pid, pid);
    equal((await house.compartmentOfTab('Falls')).restarts, restarts, 'it was not tried again');
    equal((await house.compartmentOfTab('Falls'))['quarantinedBecause'], '5 short lives in a row');
  });

  it('ends also when the supervisor is killed right after it answered', async () => {
    const slowIs = (wanted: string) =>
      until(async () => (await house.compartmentOfTab('Slow')).state === wanted, { deadlineMs: 30_000, what: wanted });
    await command('slow', 'stop');
    await replaceSupervisor();
    await slowIs('stopped');
    await command('slow', 'start');
    await slowIs('running');
  });

  it('starts when it is told to', async () => {
    await command('quiet', 'start');
    await reach('Quiet running', 'Works running', 'Falls quarantined', 'Slow running');
  });

  it('starts when its flows were changed', async () => {
    await replaceSupervisor();
    await house.deploy(
      flows.map((entry) => (entry.id === 'd' ? { ...entry, func: '' } : entry)),
      'flows',
    );
    await reach('Quiet running', 'Works running', 'Falls running', 'Slow running');
  });
});
