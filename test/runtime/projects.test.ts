import { deepEqual, equal } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import { tab, testNode } from '../support/compartment.ts';
import { projectsOf } from '../support/projects.ts';
import { until } from '../support/until.ts';

const palettes = path.resolve(import.meta.dirname, '../fixtures');
const lineA = [tab('a', 'A'), testNode('test-secret', 'sa', 'a')];
const lineB = [tab('b', 'B'), testNode('test-secret', 'sb', 'b')];
const withSecret = (flows: typeof lineA, secret: string) =>
  flows.map((node) => (node.type === 'test-secret' ? { ...node, credentials: { secret } } : node));

describe('projects of Node-RED', function () {
  this.timeout(90_000);
  let bulkhead: Bulkhead;

  before(async () => {
    bulkhead = await startBulkhead({
      flows: [tab('first', 'First')],
      settings: `projects: true\npalettes: [${palettes}]`,
      env: { BULKHEAD_PLANT: 'false', BULKHEAD_DEMO: 'false' },
    });
  });
  after(() => bulkhead?.stop());

  /** Exactly this tab runs, and its node has this secret. */
  const runs = (label: string, nodeId: string, secret: string): Promise<boolean> =>
    until(
      async () => {
        const all = await bulkhead.compartments();
        if (all.length !== 1 || all[0]?.name !== label || all[0].state !== 'running') return false;
        return (await secretOf(nodeId)) === secret;
      },
      { deadlineMs: 20_000, what: `${label} runs with ${secret}` },
    );
  const secretOf = async (nodeId: string): Promise<string> => {
    const answer = await bulkhead.request(`/test-palette/${nodeId}/secret`);
    return v.parse(v.object({ secret: v.string() }), await answer.json()).secret;
  };

  it('are made, and what runs follows each of them, with its own secrets', async () => {
    const { introduce, create, commit } = projectsOf(bulkhead);
    await introduce();
    await create('line-a', 'key of a');
    await bulkhead.deploy(withSecret(lineA, 'alpha'));
    await runs('A', 'sa', 'alpha');
    await commit('line-a', 'line a');
    await create('line-b', 'key of b');
    await until(async () => (await bulkhead.compartments()).every(({ name }) => name !== 'A'), {
      deadlineMs: 20_000,
      what: 'A is gone',
    });
    await bulkhead.deploy(withSecret(lineB, 'beta'));
    await runs('B', 'sb', 'beta');
    await commit('line-b', 'line b');
  });

  it('are switched: the compartments of one end, those of the other start', async () => {
    const { activate } = projectsOf(bulkhead);
    await activate('line-a');
    await runs('A', 'sa', 'alpha');
    await activate('line-b');
    await runs('B', 'sb', 'beta');
  });

  it('have branches, and what runs follows them', async () => {
    const { send, commit } = projectsOf(bulkhead);
    await send('POST', '/projects/line-b/branches', { name: 'try', create: true });
    await bulkhead.deploy([{ ...tab('b', 'Trial') }, ...withSecret(lineB, 'beta').slice(1)]);
    await runs('Trial', 'sb', 'beta');
    await commit('line-b', 'trial');
    const folder = path.join(bulkhead.home, 'editor', 'projects', 'line-b');
    const { stdout } = await promisify(execFile)('git', ['-C', folder, 'log', '--format=%s by %an', '-2']);
    deepEqual(stdout.trim().split('\n'), ['trial by Ann', 'line b by Ann']);
    const branches = v
      .parse(
        v.object({ branches: v.array(v.looseObject({ name: v.string() })) }),
        await (await bulkhead.request('/projects/line-b/branches')).json(),
      )
      .branches.map(({ name }) => name);
    const main = branches.find((name) => name !== 'try') ?? '';
    await send('POST', '/projects/line-b/branches', { name: main });
    await runs('B', 'sb', 'beta');
  });

  it('keep no secret in clear text', async () => {
    const folder = path.join(bulkhead.home, 'editor', 'projects', 'line-a');
    for (const file of ['flows.json', 'flows_cred.json', 'package.json'])
      equal(/alpha|key of a/.test(await readFile(path.join(folder, file), 'utf8')), false, file);
  });
});
