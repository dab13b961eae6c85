/** A tab that names more files than fit into the arguments of its process, and one that names a file that cannot be. */
import { deepEqual, equal, match } from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import type { FlowEntry } from '../support/bulkhead-http.ts';
import { inject, tab } from '../support/compartment.ts';
import { until } from '../support/until.ts';

const outside = mkdtempSync(path.join(tmpdir(), 'bulkhead-many-'));
const folder = path.join(outside, 'd'.repeat(200));
const file = (id: string, z: string, filename: string): FlowEntry => ({
  id,
  type: 'file',
  z,
  name: id,
  x: 300,
  y: 100,
  filename,
  filenameType: 'str',
  appendNewline: true,
  createDir: true,
  overwriteFile: 'false',
  encoding: 'none',
  wires: [[]],
});
const flows: readonly FlowEntry[] = [
  tab('many'),
  inject('many-go', 'many', ['many-7']),
  ...Array.from({ length: 2_500 }, (_, place) => file(`many-${place}`, 'many', path.join(folder, `${place}`, 'x.txt'))),
  tab('odd'),
  // With `createDir` it is the folder that is granted.
  { ...file('odd-file', 'odd', '/tmp/a\0b'), createDir: false },
];
const granted = v.looseObject({ grants: v.looseObject({ read: v.array(v.string()), write: v.array(v.string()) }) });

describe('a tab that names very many files', function () {
  this.timeout(60_000);
  let house: Bulkhead;
  before(async () => {
    house = await startBulkhead({
      flows,
      settings: 'postgres: {host: 127.0.0.1, port: 9}\nspares: 0\nprivilege: {mode: strict}\n',
      env: { BULKHEAD_PLANT: 'false', BULKHEAD_DEMO: 'false' },
    });
  });
  after(async () => {
    await house?.stop();
    rmSync(outside, { recursive: true, force: true });
  });

  it('runs, with the folder that they share, which is said', async () => {
    const { state, restarts, ...more } = await house.compartmentOfTab('many');
    deepEqual([state, restarts], ['running', 0]);
    deepEqual(v.parse(granted, more).grants, { ...v.parse(granted, more).grants, read: [folder], write: [folder] });
    match(
      readFileSync(path.join(house.home, 'logs', 'supervisor.log'), 'utf8'),
      new RegExp(`compartment many: .* more files than a process can be told of; .* as a whole: ${folder}`),
    );
    await house.request('/inject/many-go', { method: 'POST' });
    await until(() => existsSync(path.join(folder, '7', 'x.txt')), { deadlineMs: 5_000, what: 'a file of it' });
  });

  it('is told of in no time, however often it is asked for', async () => {
    const startedAt = performance.now();
    for (let time = 0; time < 20; time += 1) await house.compartments();
    equal(performance.now() - startedAt < 2_000, true, `${performance.now() - startedAt} ms`);
  });

  it('of which one cannot be runs all the same', async () => {
    equal((await house.compartmentOfTab('odd')).state, 'running');
  });
});
