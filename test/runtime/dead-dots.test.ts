import { deepEqual } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import type { FlowEntry } from '../support/bulkhead-http.ts';
import { type StatusWatch, watchStatuses } from '../support/status-watch.ts';
import { until } from '../support/until.ts';

const tab = (id: string, func: string): FlowEntry[] => [
  { id, type: 'tab', label: id },
  {
    id: `${id}-in`,
    type: 'inject',
    z: id,
    props: [],
    once: true,
    onceDelay: 0.1,
    x: 140,
    y: 80,
    wires: [[`${id}-node`]],
  },
  { id: `${id}-node`, type: 'function', z: id, func, outputs: 0, x: 340, y: 80, wires: [] },
];
const connected = "node.status({ fill: 'green', shape: 'dot', text: 'connected' });";
const flows: readonly FlowEntry[] = [
  ...tab('ends', connected),
  ...tab('lives', connected),
  ...tab('falls', "Promise.reject(new Error('on purpose'));"),
];

describe('dots of tabs that end while the supervisor is away', function () {
  this.timeout(120_000);
  let house: Bulkhead;
  let statuses: StatusWatch | undefined;

  before(async () => {
    house = await startBulkhead({ flows, env: { BULKHEAD_PLANT: 'false', BULKHEAD_DEMO: 'false' } });
  });
  after(async () => {
    statuses?.close();
    await house?.stop();
  });

  it('are taken back; those of tabs that live, and of what is in quarantine, are shown again', async () => {
    const before = watchStatuses(house.url);
    await before.until('ends-node', ({ text }) => text === 'connected');
    await until(async () => (await house.compartmentOfTab('falls')).state === 'quarantined', {
      deadlineMs: 60_000,
      what: 'the quarantine of falls',
    });
    before.close();
    const state = path.join(house.home, 'supervisor', 'state.json');
    await until(async () => (await readFile(state, 'utf8')).includes('"quarantinedBecause":"'), {
      deadlineMs: 5_000,
      what: 'the quarantine is written down',
    });
    const processes = await house.processes();
    const pidOf = (name: string): number => processes.find((each) => each.name === name)?.pid ?? 0;
    for (const pid of [pidOf('supervisor'), pidOf('compartment:ends')]) process.kill(pid, 'SIGKILL');
    await until(async () => (await house.request('/readyz')).ok, { deadlineMs: 20_000, what: 'another supervisor' });
    await house.request('/bulkhead/compartments/ends/stop', { method: 'POST' });

    // A browser that was opened later: it is told what the editor retained.
    const isShown = async (): Promise<boolean> => {
      statuses?.close();
      statuses = watchStatuses(house.url);
      await statuses.until('lives-node', ({ text }) => text === 'connected');
      await statuses.until('falls-node', ({ fill }) => fill === 'red');
      return (statuses.latest.get('ends-node')?.text ?? '') === '';
    };
    await until(isShown, { deadlineMs: 20_000, what: 'no dot of the tab that ended', everyMs: 500 });
    deepEqual((await house.compartmentOfTab('ends')).state, 'stopped');
  });
});
