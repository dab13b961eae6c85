import { deepEqual } from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import type { FlowEntry } from '../support/bulkhead-http.ts';
import { until } from '../support/until.ts';

/** A tab whose flow, and a node in a subflow on it, count how often they were asked, on disk. */
function counting(id: string, env: readonly object[] = []): FlowEntry[] {
  const place = { z: id, x: 100, y: 100 };
  return [
    { id, type: 'tab', label: id, env },
    { id: `${id}-in`, type: 'http in', ...place, url: `/${id}`, method: 'get', wires: [[`${id}-flow`]] },
    {
      id: `${id}-flow`,
      type: 'function',
      ...place,
      func: `const n = (flow.get("n", "file") ?? 0) + 1; flow.set("n", n, "file");
        msg.payload = [n, global.get("shift", "file") ?? null]; return msg;`,
      outputs: 1,
      libs: [],
      wires: [[`${id}-sub`]],
    },
    { id: `${id}-sub`, type: 'subflow:sub', ...place, wires: [[`${id}-out`]] },
    { id: `${id}-out`, type: 'http response', ...place, wires: [] },
  ];
}
const subflow: FlowEntry[] = [
  {
    id: 'sub',
    type: 'subflow',
    name: 'sub',
    in: [{ x: 50, y: 50, wires: [{ id: 'inner' }] }],
    out: [{ x: 300, y: 50, wires: [{ id: 'inner', port: 0 }] }],
  },
  {
    id: 'inner',
    z: 'sub',
    type: 'function',
    x: 200,
    y: 50,
    func: `const n = (context.get("n", "file") ?? 0) + 1; context.set("n", n, "file"); msg.payload.push(n); return msg;`,
    outputs: 1,
    libs: [],
    wires: [[]],
  },
];
const together = [{ name: 'BULKHEAD_COMPARTMENT', value: 'both', type: 'str' }];
const apart = [...subflow, ...counting('a'), ...counting('b')];
const joined = [...subflow, ...counting('a', together), ...counting('b', together)];

describe('the context files of a tab', function () {
  this.timeout(90_000);
  let home = '';
  let house: Bulkhead;

  const ask = async (tab: string): Promise<unknown> => {
    const response = await until(
      async () => {
        const answer = await fetch(`${house.url}/${tab}`);
        return answer.ok ? answer : undefined;
      },
      { deadlineMs: 20_000, what: `/${tab} answers` },
    );
    return response.json();
  };
  const runsAs = (count: number) =>
    until(
      async () => {
        const all = await house.compartments();
        return all.length === count && all.every(({ state }) => state === 'running');
      },
      { deadlineMs: 20_000, what: `${count} compartments` },
    );

  before(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'bulkhead-context-'));
    const stock = path.join(home, 'editor', 'context');
    await mkdir(path.join(stock, 'b'), { recursive: true });
    await mkdir(path.join(stock, 'global'), { recursive: true });
    await writeFile(path.join(stock, 'b', 'flow.json'), JSON.stringify({ n: 40 }));
    await writeFile(path.join(stock, 'global', 'global.json'), JSON.stringify({ shift: 'late' }));
    house = await startBulkhead({ home, flows: apart, settings: 'plant:\n  enabled: false\n' });
  });
  after(async () => {
    await house?.stop();
    await rm(home, { recursive: true, force: true });
  });

  it('are taken over from a stock Node-RED, once, and stay there as they are', async () => {
    deepEqual(await ask('a'), [1, 'late', 1]);
    deepEqual(await ask('b'), [41, 'late', 1]);
    deepEqual(JSON.parse(await readFile(path.join(home, 'editor/context/b/flow.json'), 'utf8')), { n: 40 });
    await house.stop();
    house = await startBulkhead({ home });
    deepEqual(await ask('b'), [42, 'late', 2]);
  });

  it('come along when the tab comes to another compartment, there and back, those of its subflows as well', async () => {
    await house.deploy(joined, 'full');
    await runsAs(1);
    deepEqual(await ask('b'), [43, 'late', 3]);
    deepEqual(await ask('a'), [2, 'late', 2]);
    await house.deploy(apart, 'full');
    await runsAs(2);
    deepEqual(await ask('b'), [44, 'late', 4]);
    deepEqual(await ask('a'), [3, 'late', 3]);
  });

  it('come along when the tabs were joined while the house was down', async () => {
    await house.stop();
    await writeFile(path.join(home, 'editor', 'flows.json'), JSON.stringify(joined));
    house = await startBulkhead({ home });
    await runsAs(1);
    deepEqual(await ask('b'), [45, 'late', 5]);
    deepEqual(await ask('a'), [4, 'late', 4]);
  });
});
