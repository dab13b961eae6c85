import { deepEqual, equal } from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import { tab } from '../support/compartment.ts';
import { projectsOf } from '../support/projects.ts';
import { until } from '../support/until.ts';

const scopes = ['global', 'flow', 'node'] as const;
const targets = scopes.map((scope) => (scope === 'node' ? 'context' : scope));
const onEach = (code: (target: string, store: string) => string): string =>
  targets.flatMap((target) => ['memory', 'file'].map((store) => code(target, store))).join('\n');

/** A tab whose route keeps a value in each context and store, and tells those that were there. */
const counting = (id: string) => [
  tab(id, id),
  { id: `${id}-in`, type: 'http in', z: id, url: `/${id}`, method: 'get', wires: [[`${id}-f`]] },
  {
    id: `${id}-f`,
    type: 'function',
    z: id,
    func: `const found = [];
${onEach((target, store) => `if (${target}.get('k', '${store}') !== undefined) found.push('${target} ${store}');`)}
${onEach((target, store) => `${target}.set('k', 1, '${store}');`)}
return {...msg, payload: found};`,
    outputs: 1,
    wires: [[`${id}-out`]],
  },
  { id: `${id}-out`, type: 'http response', z: id, wires: [] },
];
const everywhere = targets.flatMap((target) => [`${target} memory`, `${target} file`]);

describe('another project with "Clear context"', function () {
  this.timeout(120_000);
  let home: string;
  let house: Bulkhead;
  const options = { settings: 'projects: true', env: { BULKHEAD_PLANT: 'false', BULKHEAD_DEMO: 'false' } };

  before(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'bulkhead-clear-'));
    const stock = path.join(home, 'editor', 'context', 'global');
    await mkdir(stock, { recursive: true });
    await writeFile(path.join(stock, 'global.json'), '{"fromStock":1}');
    house = await startBulkhead({ ...options, home, flows: [tab('first', 'First')] });
    const { introduce, create, commit } = projectsOf(house);
    await introduce();
    for (const name of ['gamma', 'delta']) {
      await create(name, 'key');
      await house.deploy(counting(name));
      await answer(name);
      await commit(name, name);
    }
  });
  after(async () => {
    await house?.stop();
    await rm(home, { recursive: true, force: true });
  });

  const found = v.array(v.string());
  const answer = async (name: string): Promise<string[]> => {
    const response = await until(
      async () => {
        const answered = await fetch(`${house.url}/${name}`);
        return answered.ok ? answered : null;
      },
      { deadlineMs: 30_000, what: `/${name} answers` },
    );
    return v.parse(found, await response.json());
  };
  const globals = async (): Promise<unknown> => (await house.request('/context/global')).json();

  it('keeps the values without it, as far as it is the same tab', async () => {
    deepEqual(await answer('delta'), everywhere);
    await projectsOf(house).activate('gamma');
    // What was in memory ended with the process.
    deepEqual(await answer('gamma'), ['global memory', 'global file', 'flow file', 'context file']);
  });

  it('finds no value in any context or store', async () => {
    await projectsOf(house).activate('delta', true);
    deepEqual(await answer('delta'), []);
    await projectsOf(house).activate('gamma', true);
    await until(async () => (await house.compartmentOfTab('gamma')).state === 'running', {
      deadlineMs: 30_000,
      what: 'gamma runs',
    });
    deepEqual(await globals(), { memory: {}, file: {} });
  });

  it('finds none after the next start either, also none of a Node-RED that was there before', async () => {
    deepEqual(await answer('gamma'), []);
    await projectsOf(house).activate('delta', true);
    equal(await house.stop(), 0);
    house = await startBulkhead({ ...options, home });
    deepEqual(await globals(), { memory: {}, file: {} });
    await projectsOf(house).activate('gamma');
    deepEqual(await answer('gamma'), []);
  });
});
