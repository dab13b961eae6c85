import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { createHubFile } from '../../../packages/runtime/src/supervisor/global-context/hub-file.ts';

describe('the file of the global context', () => {
  let directory: string;
  let file: string;
  const said: string[] = [];
  const open = () => createHubFile(file, (line) => void said.push(line));

  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'bulkhead-hub-'));
    file = path.join(directory, 'global-context');
    said.length = 0;
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('holds the values over a restart', async () => {
    const entry = { store: 'file', key: 'a', version: 7, writer: 'tab', bytes: serialize({ x: 1 }) };
    const written = open();
    written.save(() => [entry], 10);
    await written.flush();
    assert.deepEqual(await open().load(), [entry]);
  });

  it('is read as an earlier version wrote it, without what was deleted', async () => {
    const value = { store: 'file', key: 'a', version: 7, writer: 'tab', value: [1] };
    await writeFile(file, serialize([value, { ...value, key: 'gone', value: undefined }, 'no entry']));
    const loaded = await open().load();
    const values = loaded.map(({ key, version, bytes }): unknown[] => [key, version, bytes && deserialize(bytes)]);
    assert.deepEqual(values, [['a', 7, [1]]]);
  });

  it('is kept aside when it cannot be read, and that is said', async () => {
    await writeFile(file, 'torn');
    assert.deepEqual(await open().load(), []);
    assert.equal(await readFile(`${file}.broken`, 'utf8'), 'torn');
    assert.equal(said.length, 1);
  });
});
