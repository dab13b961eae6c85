import { deepEqual, equal, match } from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { prepareCredentialsFile } from '../../../packages/runtime/src/editor/credentials-file.ts';

describe('preparing the credentials file', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'bh-cred-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const write = (name: string, text: string): void => writeFileSync(path.join(directory, name), text);
  const read = (name: string): string => readFileSync(path.join(directory, name), 'utf8');
  const prepare = () => prepareCredentialsFile(directory, new Date(0));
  const aside = 'flows_cred.json.broken-1970-01-01T00-00-00-000Z';

  it('leaves one that can be read as it is, and none', () => {
    equal(prepare(), undefined);
    write('flows_cred.json', '{"$":"sealed"}');
    write('.flows_cred.json.backup', '{"$":"older"}');
    equal(prepare(), undefined);
    equal(read('flows_cred.json'), '{"$":"sealed"}');
  });

  for (const [what, text] of [
    ['torn', '{"$":"sea'],
    ['empty', ''],
  ] as const) {
    it(`replaces one that is ${what} by the backup, keeps it, and says so without what it holds`, () => {
      write('flows_cred.json', text);
      write('.flows_cred.json.backup', '{"$":"older"}');
      match(
        prepare() ?? '',
        /flows_cred\.json cannot be used: it is (damaged|empty); it was kept as \S+ and the credentials before the last deploy are used$/,
      );
      deepEqual([read('flows_cred.json'), read(aside)], ['{"$":"older"}', text]);
    });
  }

  it('uses the backup itself where there is no room for a copy', () => {
    write('flows_cred.json', '{"$":"sea');
    write('.flows_cred.json.backup', '{"$":"older"}');
    symlinkSync('/dev/full', path.join(directory, 'flows_cred.json.new'));
    match(prepare() ?? '', /the credentials before the last deploy are used/);
    deepEqual([read('flows_cred.json'), read(aside)], ['{"$":"older"}', '{"$":"sea']);
  });

  it('keeps one that is torn also where there is no backup', () => {
    write('flows_cred.json', '{"$":"sea');
    match(prepare() ?? '', /the nodes have none until they are entered again/);
    deepEqual(readdirSync(directory), [aside]);
  });

  it('says nothing of an empty one where there were no credentials', () => {
    write('flows_cred.json', '');
    equal(prepare(), undefined);
  });
});
