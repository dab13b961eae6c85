/** The admin API for flows, asked the same things here and in an unmodified Node-RED. */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isRecord } from '../../packages/runtime/src/node-red/is-record.ts';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import { debug, func, inject, tab } from '../support/compartment.ts';
import { type StockNodeRed, startStockNodeRed } from '../support/stock-node-red.ts';
import { until } from '../support/until.ts';

interface Target {
  readonly url: string;
  readonly userDir: string;
  rev: string;
}
interface Step {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  /** Text is sent as it is; `REV` in it is the revision that was last answered. */
  readonly body?: unknown;
  /** What has to be so before it is asked. */
  readonly prepare?: (target: Target) => Promise<void>;
}

const base = [
  tab('t1', 'One'),
  inject('in', 't1', ['fn']),
  func('fn', 't1', 'return msg;', ['out']),
  debug('out', 't1'),
];
const other = [tab('t2', 'Two'), inject('in2', 't2', [])];
const v2 = { 'node-red-api-version': 'v2' };
const type = (kind: string): Record<string, string> => ({ 'node-red-deployment-type': kind });
const post = (name: string, body: unknown, headers: Record<string, string> = {}): Step => ({
  name,
  method: 'POST',
  path: '/flows',
  headers,
  body,
});
const get = (name: string, target: string, headers: Record<string, string> = {}): Step => ({
  name,
  method: 'GET',
  path: target,
  headers,
});
const flow = (name: string, method: string, target: string, body?: unknown): Step => ({
  name,
  method,
  path: target,
  ...(body === undefined ? {} : { body }),
});

const steps: readonly Step[] = [
  get('reads the flows', '/flows'),
  get('reads them in version 2', '/flows', v2),
  get('refuses a version that does not exist', '/flows', { 'node-red-api-version': 'v3' }),
  post('deploys all', [...base, ...other]),
  ...['full', 'nodes', 'flows'].map((kind) =>
    post(`deploys as ${kind}`, [...base, { ...tab('t2', kind) }, inject('in2', 't2', [])], type(kind)),
  ),
  post('deploys in version 2', { flows: [...base, ...other] }, { ...v2, ...type('nodes') }),
  post('deploys with the right revision', { rev: 'REV', flows: base }, v2),
  post('refuses a stale revision', { rev: 'stale', flows: other }, v2),
  get('still has what was deployed before', '/flows'),
  post('deploys with a kind that does not exist', base, type('bogus')),
  post('restarts the flows', undefined, type('reload')),
  post('restarts the flows in version 2', undefined, { ...v2, ...type('reload') }),
  {
    ...post('takes what was edited on disk', undefined, type('reload')),
    prepare: async ({ userDir }) => {
      const file = path.join(userDir, 'flows.json');
      const text = await readFile(file, 'utf8');
      await writeFile(file, text.replace('"One"', '"Edited"'));
    },
  },
  get('has what was edited', '/flows'),
  {
    ...post('takes a file that is broken on disk', undefined, type('reload')),
    prepare: ({ userDir }) => writeFile(path.join(userDir, 'flows.json'), '[{"id":'),
  },
  get('has what there is after a broken file', '/flows'),
  post('deploys over a broken file', base),
  post('refuses a body that is not JSON', '[{"id": "t1", '),
  post('refuses an empty body', ''),
  post('takes or refuses an object', {}),
  post('takes or refuses a text', '"flows"'),
  post('takes or refuses null in the list', [null]),
  get('has flows after null', '/flows'),
  post('deploys after null', base),
  post('takes or refuses a node without a type', [tab('t1'), { id: 'x', z: 't1' }]),
  post('takes or refuses a node without an id', [tab('t1'), { type: 'debug', z: 't1' }]),
  post('takes or refuses an id twice', [...base, inject('in', 't1', [])]),
  get('has which of the two', '/flows'),
  post('takes a type that nobody has', [...base, { ...debug('x', 't1'), type: 'no-such-type' }]),
  post('takes a node that stands nowhere', [...base, debug('x', 'nowhere')]),
  post('takes wires that lead nowhere', [tab('t1'), inject('in', 't1', ['gone'])]),
  post('takes a tab twice', [tab('t1', 'a'), tab('t1', 'b'), inject('in', 't1', [])]),
  post('takes no flows at all', []),
  post('deploys again', base),
  post('refuses six megabytes', [tab('t1', 'x'.repeat(6 * 1024 * 1024))]),
  flow('adds a tab', 'POST', '/flow', { id: 't3', label: 'Three', nodes: [debug('d3', 't3')] }),
  get('reads it', '/flow/t3'),
  flow('refuses a tab without nodes', 'POST', '/flow', { label: 'x' }),
  flow('refuses a tab with an id that is there', 'POST', '/flow', { label: 'x', nodes: [debug('d3', 't3')] }),
  flow('takes a tab with a type that nobody has', 'POST', '/flow', {
    id: 't4',
    label: 'x',
    nodes: [{ id: 'u', type: 'no-such-type', x: 1, y: 1, wires: [] }],
  }),
  flow('changes a tab', 'PUT', '/flow/t3', { id: 't3', label: 'Drei', nodes: [debug('d3', 't3', { name: 'neu' })] }),
  get('reads the change', '/flow/t3'),
  flow('changes no tab that is not there', 'PUT', '/flow/none', { id: 'none', label: 'x', nodes: [] }),
  flow('changes the global nodes', 'PUT', '/flow/global', {
    id: 'global',
    configs: [{ id: 'tls', type: 'tls-config', name: 'tls' }],
    subflows: [],
  }),
  get('reads the global nodes', '/flow/global'),
  get('has no tab of that name', '/flow/none'),
  flow('removes a tab', 'DELETE', '/flow/t3'),
  flow('removes no tab twice', 'DELETE', '/flow/t3'),
  flow('does not remove the global nodes', 'DELETE', '/flow/global'),
  flow('refuses garbage for a tab', 'POST', '/flow', '{"label'),
  get('says the state', '/flows/state'),
  flow('sets no state', 'POST', '/flows/state', { state: 'stop' }),
  flow('answers HEAD', 'HEAD', '/flows'),
  get('ends with the same flows', '/flows'),
];

/** Ids and revisions that were made up on the way, and nothing else. */
function normal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normal);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) =>
      (key === 'rev' || key === 'id' || key === 'z') &&
      typeof inner === 'string' &&
      /^([0-9a-f]{64}|[0-9a-f]{16})$/.test(inner)
        ? [key, 'made up']
        : [key, normal(inner)],
    ),
  );
}

async function ask(target: Target, { method, path: where, headers = {}, body, prepare }: Step): Promise<unknown> {
  await prepare?.(target);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${target.url}${where}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(text === undefined ? {} : { body: text.replace('REV', target.rev) }),
    signal: AbortSignal.timeout(10_000),
  });
  const answer = await response.text();
  let content: unknown = answer;
  try {
    content = JSON.parse(answer);
  } catch {
    // A page, or nothing. The page of an error ends in a stack, which names files.
    content = answer.split('<br>', 1)[0];
  }
  if (isRecord(content) && typeof content['rev'] === 'string') target.rev = content['rev'];
  return { status: response.status, type: response.headers.get('content-type'), content: normal(content) };
}

describe('the admin API for flows answers as a stock Node-RED', function () {
  this.timeout(120_000);
  let bulkhead: Bulkhead;
  let stock: StockNodeRed;
  let folder: string;
  let here: Target;
  let there: Target;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'stock-'));
    await writeFile(path.join(folder, 'flows.json'), JSON.stringify(base));
    const nodeRed = path.dirname(createRequire(import.meta.url).resolve('node-red/package.json'));
    [bulkhead, stock] = await Promise.all([
      startBulkhead({ flows: base, env: { BULKHEAD_PLANT: 'false', BULKHEAD_DEMO: 'false' } }),
      startStockNodeRed({ nodeRed, userDir: folder }),
    ]);
    here = { url: bulkhead.url, userDir: path.join(bulkhead.home, 'editor'), rev: '' };
    there = { url: stock.url, userDir: folder, rev: '' };
  });
  after(async () => {
    await Promise.all([bulkhead?.stop(), stock?.stop()]);
    await rm(folder, { recursive: true, force: true });
  });

  for (const step of steps) {
    it(step.name, async () => {
      const expected = await ask(there, step);
      deepEqual(await ask(here, step), expected);
    });
  }

  it('of two deploys with one revision takes one, and refuses the other', async () => {
    const rev = async (target: Target): Promise<string> => {
      await ask(target, get('', '/flows', v2));
      return target.rev;
    };
    for (const target of [there, here]) {
      const body = { rev: await rev(target), flows: base };
      const both = ['A', 'B'].map(async (label) =>
        ask(target, post('', { ...body, flows: [...base, tab('t9', label)] }, v2)),
      );
      const statuses = (await Promise.all(both)).map((answer) => (isRecord(answer) ? answer['status'] : 0));
      deepEqual(statuses.toSorted(), [200, 409]);
    }
  });

  it('runs what was deployed last, after all of that', async () => {
    await ask(here, post('', [...base, ...other]));
    await until(
      async () => {
        const all = await bulkhead.compartments();
        return all.map(({ name, state }) => `${name} ${state}`).join() === 'One running,Two running';
      },
      { deadlineMs: 20_000, what: 'One and Two run' },
    );
    equal((await fetch(`${bulkhead.url}/inject/in2`, { method: 'POST' })).status, 200);
    const others = (await bulkhead.processes()).filter(({ role }) => role !== 'compartment');
    ok(others.every(({ state }) => state === 'running'));
  });

  // An unmodified Node-RED ends at each of these.
  const deadly: Readonly<Record<string, readonly unknown[]>> = {
    'a subflow in itself': [
      tab('bad'),
      { id: 's', type: 'subflow', name: 's', in: [], out: [] },
      { id: 'i', type: 'subflow:s', z: 's', x: 1, y: 1, wires: [] },
      { id: 'j', type: 'subflow:s', z: 'bad', x: 1, y: 1, wires: [] },
    ],
    'entries that are no nodes': [
      7,
      'x',
      [],
      {},
      { id: 5, type: 'tab' },
      { type: 'debug', z: 't1' },
      { id: 'no-type' },
      { id: '__proto__', type: 'tab', label: 'p' },
      { id: '../../bad', type: 'tab', label: 7, env: 'x' },
      { id: 'f', type: 'function', z: '../../bad', func: 7, wires: 'x', x: 1, y: 1 },
      { id: 'g', type: 'debug', z: ['t1'], name: {}, x: 1, y: 1 },
    ],
  };
  for (const [what, entries] of Object.entries(deadly)) {
    it(`${what}: the house stands, and the other tabs do not notice`, async () => {
      await ask(here, post('', base));
      const before = await until(
        async () => {
          const all = await bulkhead.compartments();
          return all.length === 1 && all[0]?.state === 'running' ? all[0] : null;
        },
        { deadlineMs: 20_000, what: 'tab One alone' },
      );
      const processes = async (): Promise<unknown> =>
        (await bulkhead.processes()).flatMap(({ role, pid }) => (role === 'compartment' ? [] : [pid]));
      const known = await processes();
      equal(isRecord(await ask(here, post('', [...base, ...entries], type('nodes')))), true);
      await until(async () => (await bulkhead.compartments()).length > 1, {
        deadlineMs: 20_000,
        what: 'the deploy was followed',
      });
      await ask(here, post('', base, type('nodes')));
      await until(async () => (await bulkhead.compartments()).length === 1, { deadlineMs: 20_000, what: 'One alone' });
      equal((await bulkhead.compartmentOfTab('One')).pid, before.pid);
      deepEqual(await processes(), known);
    });
  }
});
