import { deepEqual, equal, throws } from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { keptLogins } from '../../../packages/runtime/src/cli/kept-logins.ts';

describe('a login that is kept', () => {
  let folder = '';
  let now = 0;
  const here = 'http://127.0.0.1:1880';
  const anna = { user: 'anna', token: 'a', expires: 10 };
  const logins = () => keptLogins(path.join(folder, 'home'), () => now);

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-logins-'));
    now = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is found by the next command, in a file for its owner alone', () => {
    logins().keep(here, anna);
    deepEqual(logins().of(here), anna);
    equal(statSync(logins().file).mode & 0o777, 0o600);
  });

  it('is sent to no other house', () => {
    logins().keep(here, anna);
    equal(logins().of('http://127.0.0.1:1881'), null);
    logins().keep('http://127.0.0.1:1881', { ...anna, user: 'rita' });
    equal(logins().of(here)?.user, 'anna');
  });

  it('is gone after its time, and after a logout', () => {
    logins().keep(here, anna);
    now = 10;
    equal(logins().of(here), null);
    now = 0;
    logins().forget(here);
    equal(logins().of(here), null);
    equal(readFileSync(logins().file, 'utf8').includes('anna'), false);
  });

  it('is no login where the file is damaged, and the next one mends it', () => {
    logins().keep(here, anna);
    writeFileSync(logins().file, '{"http');
    equal(logins().of(here), null);
    logins().keep(here, anna);
    deepEqual(logins().of(here), anna);
  });

  it('is an error that says what to do where it cannot be kept', () => {
    writeFileSync(path.join(folder, 'home'), '');
    chmodSync(path.join(folder, 'home'), 0o600);
    throws(() => logins().keep(here, anna), /cannot be kept: .*; set BULKHEAD_HOME/);
  });
});
