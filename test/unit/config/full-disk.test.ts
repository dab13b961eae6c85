import { deepEqual, equal, match, throws } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Ports, rememberPorts } from '../../../packages/runtime/src/config/ports.ts';
import { replaceFile } from '../../../packages/runtime/src/config/replace-file.ts';
import { pruneSessions } from '../../../packages/runtime/src/editor/login.ts';
import { openCrashStore } from '../../../packages/runtime/src/supervisor/crashes/crash-store.ts';

const lock = path.resolve(import.meta.dirname, '../../../packages/runtime/src/keeper/lock.ts');

describe('on a full disk', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'bh-full-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const noRoomFor = (file: string): void => symlinkSync('/dev/full', path.join(folder, `${file}.new`));

  it('a file that was to be replaced stays as it was, and nothing lies beside it', () => {
    writeFileSync(path.join(folder, 'file'), 'before');
    noRoomFor('file');
    throws(() => replaceFile(path.join(folder, 'file'), 'after', 0o600), /ENOSPC/);
    deepEqual(readdirSync(folder), ['file']);
    equal(readFileSync(path.join(folder, 'file'), 'utf8'), 'before');
  });

  it('the house starts with ports that it cannot remember, and writes none that have not changed', () => {
    const ports: Ports = { mqtt: 1, postgres: 2, opcua: 3, modbusCapper: 4, modbusLabeller: 5 };
    noRoomFor('ports.json');
    match(rememberPorts(folder, ports) ?? '', /the next start may choose other ports: ENOSPC/);
    equal(rememberPorts(folder, ports), undefined);
    noRoomFor('ports.json');
    equal(rememberPorts(folder, ports), undefined);
  });

  it('the home is taken by the link alone', () => {
    const taken = `
      const { homeUse, takeHome } = await import(${JSON.stringify(lock)});
      const { createServer } = await import('node:net');
      const keeperSocket = ${JSON.stringify(path.join(folder, 's'))};
      await new Promise((done) => createServer((one) => one.on('error', () => {})).listen(keeperSocket, done));
      const home = ${JSON.stringify(folder)};
      const won = await takeHome(home, { keeperSocket, runDirectory: home });
      process.stdout.write(JSON.stringify([won, await homeUse(home)]), () => process.exit());`;
    // No file may grow: the same as no room.
    const { stdout, stderr } = spawnSync(
      'sh',
      ['-c', `trap '' XFSZ; ulimit -f 0; exec "$0" --input-type=module -e "$1"`, process.execPath, taken],
      { encoding: 'utf8', timeout: 20_000 },
    );
    equal(stdout, JSON.stringify([null, { kind: 'in-use', pid: null }]), stderr);
    equal(readFileSync(path.join(folder, 'running.json'), 'utf8'), '');
    equal(readlinkSync(path.join(folder, 'running.sock')), path.join(folder, 's'));
  });

  it('sessions that are not allowed any more end all the same', () => {
    const session = (user: string) => ({ user, scope: '*', expires: 1 });
    writeFileSync(path.join(folder, '.sessions.json'), JSON.stringify({ a: session('anna'), b: session('gone') }));
    noRoomFor('.sessions.json');
    const said: string[] = [];
    const users = [{ username: 'anna', password: '', permissions: '*' }];
    pruneSessions(folder, { users, tokens: [], default: null, sessionS: 60, metrics: 'login' }, (line) =>
      said.push(line),
    );
    deepEqual(readdirSync(folder), []);
    match(said[0] ?? '', /^everybody has to log in again/);
  });

  it('there are no crash reports, but there is a house', async () => {
    writeFileSync(path.join(folder, 'crashes'), 'no folder can be made here');
    const said: string[] = [];
    const store = await openCrashStore(path.join(folder, 'crashes'), (line) => said.push(line));
    deepEqual([store.reports('tab'), said.length], [[], 1]);
  });
});
