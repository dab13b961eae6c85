import { deepEqual, equal, match } from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Privilege, usualPrivilege } from '../../../packages/runtime/src/protocol/privilege.ts';
import type { Kept } from '../../../packages/runtime/src/supervisor/kept.ts';
import { createStateFile } from '../../../packages/runtime/src/supervisor/state-file.ts';
import { until } from '../../support/until.ts';

const strict: Privilege = { ...usualPrivilege, mode: 'strict' };
const entry = (id: string, rssMb: number): Kept => ({
  planned: { id, name: id, tabs: [], dashboards: [], unions: [], splits: [] },
  limits: { rssMb },
  policy: {},
  privilege: strict,
  restarts: 0,
  pinnedAgainst: null,
  lastExit: null,
  down: null,
  debug: {},
  run: 'this one',
});
const both = (rssMb: number) => new Map(['a', 'b'].map((id) => [id, entry(id, rssMb)]));

describe('the state file', () => {
  let folder = '';
  let file = '';
  const said: string[] = [];
  const open = () => createStateFile(file, (line) => void said.push(line));
  const write = async (...versions: ReadonlyMap<string, Kept>[]): Promise<void> => {
    const first = open();
    for (const version of versions) {
      first.save(() => version);
      equal(await first.saved(), null);
    }
  };
  const limitsOf = (kept: ReadonlyMap<string, Kept>) => [...kept].map(([id, { limits }]) => [id, limits.rssMb]);
  const aside = async () => (await readdir(folder)).filter((name) => name.startsWith('state.json.broken-'));

  beforeEach(async () => {
    said.length = 0;
    folder = await mkdtemp(path.join(tmpdir(), 'state-'));
    file = path.join(folder, 'state.json');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is not there at the first start, which is no news', async () => {
    deepEqual([(await open().load()).size, said], [0, []]);
  });

  it('is read as it was written', async () => {
    await write(both(100), both(200));
    deepEqual(await open().load(), both(200));
    deepEqual(said, []);
  });

  for (const [what, content] of [
    ['torn', '{"a":{"planned'],
    ['empty', ''],
    ['of another form', '[1]'],
  ] as const) {
    it(`that is ${what} is kept aside and said, and the version before it used`, async () => {
      await write(both(100), both(200));
      await writeFile(file, content);
      deepEqual(await open().load(), both(100));
      match(
        said.join(),
        /^the state file \S+ cannot be used: it is no.+; it was kept as state\.json\.broken-\S+ and the version before it is used$/,
      );
      const [kept] = await aside();
      equal(await readFile(path.join(folder, kept ?? ''), 'utf8'), content);
      said.length = 0;
      deepEqual([await open().load(), said], [both(100), []], 'also by who comes next');
    });
  }

  it('that is a folder, without a version before it, is said with what follows', async () => {
    await mkdir(file);
    equal((await open().load()).size, 0);
    match(
      said.join(),
      /cannot be used: EISDIR.*every compartment starts with the limits, policy and privilege of the house$/,
    );
    equal((await aside()).length, 1);
  });

  it('of which one entry cannot be read has that one from the version before', async () => {
    await write(both(100), both(200));
    const content = Object.fromEntries<unknown>(both(200));
    await writeFile(file, JSON.stringify({ ...content, a: { planned: 'x' }, c: null }));
    deepEqual(limitsOf(await open().load()).sort(), [
      ['a', 100],
      ['b', 200],
    ]);
    equal(said.length, 2);
    match(
      said[0] ?? '',
      /the entry of compartment a cannot be read; it was kept as state\.json\.broken-\S+ and that of the version before is used/,
    );
    match(
      said[1] ?? '',
      /the entry of compartment c cannot be read; .* and it starts with the limits, policy and privilege of the house/,
    );
    equal((await aside()).length, 1);
  });

  it('that cannot be written says so once, and is written as soon as it can be', async () => {
    const full = path.join(folder, 'state.json.new');
    await symlink('/dev/full', full);
    const it = open();
    it.save(() => both(100));
    const [first, second] = [await it.saved(), await it.saved()];
    deepEqual([first?.code, second?.code], ['ENOSPC', 'ENOSPC']);
    equal(said.length, 1);
    match(said[0] ?? '', /state\.json could not be written: ENOSPC.*; it is tried again every 5 s/);
    await rm(full);
    equal(await it.saved(), null);
    match(said[1] ?? '', /is written again/);
    deepEqual(await open().load(), both(100));
  });

  it('that could not be written is tried again by itself', async () => {
    const full = path.join(folder, 'state.json.new');
    await symlink('/dev/full', full);
    const it = createStateFile(file, (line) => void said.push(line), 20);
    it.save(() => both(100));
    equal((await it.saved())?.code, 'ENOSPC');
    await rm(full);
    await until(() => said.some((line) => line.includes('is written again')), {
      deadlineMs: 5_000,
      what: 'the next try',
    });
    deepEqual(await open().load(), both(100));
  });
});
