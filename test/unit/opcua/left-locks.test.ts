import { deepEqual } from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { removeLeftLocks } from '../../../nodes/opcua/src/io/left-locks.ts';

describe('locks of the OPC UA keys', () => {
  let folder = '';
  const at = (name: string): string => path.join(folder, name);
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-locks-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('are removed once nobody can hold them any more, and nothing else is', () => {
    const now = Date.now();
    mkdirSync(at('own/certs/client_certificate.pem.mutex.lock'), { recursive: true });
    mkdirSync(at('mutex.lock'));
    mkdirSync(at('trusted'));
    writeFileSync(at('own/note.lock'), '');
    for (const name of ['mutex.lock', 'trusted', 'own/note.lock']) {
      utimesSync(at(name), (now - 11_000) / 1000, (now - 11_000) / 1000);
    }
    const names = ['mutex.lock', 'own/certs/client_certificate.pem.mutex.lock', 'trusted', 'own/note.lock'];
    removeLeftLocks(folder, now);
    deepEqual(
      names.map((name) => existsSync(at(name))),
      [false, true, true, true],
    );
    removeLeftLocks(folder, now + 20_000);
    deepEqual(
      names.map((name) => existsSync(at(name))),
      [false, false, true, true],
    );
  });

  it('are no concern before the folder is there', () => {
    removeLeftLocks(at('not/yet'), Date.now());
  });
});
