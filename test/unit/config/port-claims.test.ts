import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { portClaims } from '../../../packages/runtime/src/config/port-claims.ts';

describe('Port claims', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'bulkhead-claims-'));
  });

  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('give a port to the first house that starts, and not to a second that starts meanwhile', () => {
    assert.equal(portClaims(process.pid, directory).claim(5433), true);
    assert.equal(portClaims(process.ppid, directory).claim(5433), false);
    assert.equal(portClaims(process.ppid, directory).claim(5434), true);
  });

  it('cost no house its port where they cannot be written', () => {
    const claims = portClaims(process.pid, path.join(directory, 'gone'));
    rmSync(path.join(directory, 'gone'), { recursive: true });
    assert.equal(claims.claim(5433), true);
  });

  it('are kept by the same house', () => {
    assert.equal(portClaims(process.pid, directory).claim(5433), true);
    assert.equal(portClaims(process.pid, directory).claim(5433), true);
  });

  it('of a house that is gone, and claims that cannot be read, count for nothing', () => {
    writeFileSync(path.join(directory, '5433'), '4194304999');
    writeFileSync(path.join(directory, '5434'), 'not a pid');
    const claims = portClaims(process.pid, directory);
    assert.deepEqual([claims.claim(5433), claims.claim(5434)], [true, true]);
  });
});
