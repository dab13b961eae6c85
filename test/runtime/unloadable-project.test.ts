import { deepEqual, equal, match, rejects } from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as v from 'valibot';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import { tab, testNode } from '../support/compartment.ts';
import { projectsOf } from '../support/projects.ts';
import { until } from '../support/until.ts';

const palettes = path.resolve(import.meta.dirname, '../fixtures');
const withRoute = (id: string) => [
  tab(id, id),
  { id: `${id}-in`, type: 'http in', z: id, url: `/${id}`, method: 'get', wires: [[`${id}-out`]] },
  { id: `${id}-out`, type: 'http response', z: id, wires: [] },
];
const secret = { ...testNode('test-secret', 's', 'alpha'), credentials: { secret: 'plain' } };
const readiness = v.object({ ready: v.boolean(), waitingFor: v.array(v.string()) });

describe('a project that cannot be loaded', function () {
  this.timeout(120_000);
  let home: string;
  let house: Bulkhead;
  const options = {
    settings: `projects: true\npalettes: [${palettes}]`,
    env: { BULKHEAD_PLANT: 'false', BULKHEAD_DEMO: 'false' },
  };

  before(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'bulkhead-projects-'));
    house = await startBulkhead({ ...options, home, flows: [tab('first', 'First')] });
    const { introduce, create, commit } = projectsOf(house);
    await introduce();
    await create('alpha', 'geheim');
    await house.deploy([...withRoute('alpha'), secret]);
    await commit('alpha', 'alpha');
    await answers('/alpha', 200);
  });
  after(async () => {
    await house?.stop();
    await rm(home, { recursive: true, force: true });
  });

  const statusOf = async (where: string): Promise<number> => (await fetch(`${house.url}${where}`)).status;
  const answers = (where: string, status: number): Promise<boolean> =>
    until(async () => (await statusOf(where)) === status, { deadlineMs: 20_000, what: `${where} answers ${status}` });
  const ready = async (): Promise<v.InferOutput<typeof readiness>> =>
    v.parse(readiness, await (await fetch(`${house.url}/readyz`)).json());
  const limitOf = async (): Promise<unknown> => (await house.compartmentOfTab('alpha'))['limits'];
  const because = /flow file of project "beta" cannot be loaded: its credentials cannot be decrypted/;

  it('ends the flows of the one before it, and says why nothing runs', async () => {
    const { id } = await house.compartmentOfTab('alpha');
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ limits: { debugPerSecond: 333 } });
    await house.request(`/bulkhead/compartments/${id}`, { method: 'PATCH', headers, body });
    const url = pathToFileURL(path.join(home, 'editor', 'projects', 'alpha')).href;
    await rejects(projectsOf(house).clone('beta', url, 'falsch'), /credentials_load_failed/);
    await answers('/alpha', 404);
    deepEqual(await house.compartments(), []);
    const { ready: isReady, waitingFor } = await ready();
    equal(isReady, false);
    match(waitingFor.join(), because);
    match(house.output.lines().join('\n'), because);
    match(await readFile(path.join(home, 'logs', 'supervisor.log'), 'utf8'), because);
  });

  it('is told of in the same words when the house starts with it, which finds its editor', async () => {
    equal(await house.stop(), 0);
    house = await startBulkhead({ ...options, home });
    match(house.output.lines().join('\n'), because);
    match((await ready()).waitingFor.join(), because);
    equal(await statusOf('/alpha'), 404);
    equal(await statusOf('/settings'), 200);
  });

  it('runs once it has its key, with what a person set for its tabs', async () => {
    await projectsOf(house).send('PUT', '/projects/beta', { credentialSecret: 'geheim' });
    await answers('/alpha', 200);
    deepEqual((await ready()).waitingFor, []);
    match(JSON.stringify(await limitOf()), /"debugPerSecond":333/);
  });

  it('gives way to one that can', async () => {
    await projectsOf(house).create('gamma', 'geheim');
    await house.deploy(withRoute('gamma'));
    await answers('/gamma', 200);
    const file = path.join(home, 'editor', 'projects', 'alpha', 'flows.json');
    await writeFile(file, '{}');
    await rejects(projectsOf(house).activate('alpha'), /not a list of nodes/);
    await answers('/gamma', 404);
    match((await ready()).waitingFor.join(), /project "alpha" cannot be loaded: it is not a list of nodes; mend that/);
    await projectsOf(house).activate('gamma');
    await answers('/gamma', 200);
    equal((await ready()).ready, true);
  });

  it('goes on running where only its flows were to be restarted, and takes deploys', async () => {
    const file = path.join(home, 'editor', 'projects', 'gamma', 'flows.json');
    await writeFile(file, '{}');
    const headers = { 'content-type': 'application/json', 'Node-RED-API-Version': 'v2' };
    const reload = { method: 'POST', headers: { ...headers, 'Node-RED-Deployment-Type': 'reload' }, body: '{}' };
    await rejects(house.request('/flows', reload), /not a list of nodes/);
    const { rev } = v.parse(
      v.looseObject({ rev: v.string() }),
      await (await house.request('/flows', { headers })).json(),
    );
    const body = JSON.stringify({ rev, flows: [...withRoute('gamma'), ...withRoute('more')] });
    await house.request('/flows', { method: 'POST', headers, body });
    await answers('/more', 200);
    equal(await statusOf('/gamma'), 200);
  });

  it('is none of which a part cannot be used: all else runs, and the file stays as it is', async () => {
    const file = path.join(home, 'editor', 'projects', 'alpha', 'flows.json');
    const text = JSON.stringify([null, ...withRoute('alpha')]);
    await writeFile(file, text);
    await projectsOf(house).activate('alpha');
    await answers('/alpha', 200);
    equal(await readFile(file, 'utf8'), text);
    match(house.output.lines().join('\n'), /flow file of project "alpha" holds what is no node .*\(entry 1\)/);
    await house.kill('editor');
    await until(async () => !(await ready()).ready, { deadlineMs: 20_000, what: 'the editor is gone' });
    await until(async () => (await ready()).ready, { deadlineMs: 30_000, what: 'the editor is back' });
    await answers('/alpha', 200);
  });
});
