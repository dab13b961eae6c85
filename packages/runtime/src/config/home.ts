/** The home directory: made if need be, and proved to be writable before anything is started. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runDirectoryPrefix } from '../keeper/lock.ts';

export const homePath = (environment: Readonly<Record<string, string | undefined>>, cwd: string): string =>
  resolve(cwd, environment['BULKHEAD_HOME']?.trim() || '.bulkhead');

/** Null, or one line that says why nothing can be kept there. */
export function prepareHome(home: string): string | null {
  try {
    // Others may pass through to the database folder, which belongs to another user, but list and read nothing.
    mkdirSync(home, { recursive: true, mode: 0o711 });
    for (const folder of ['editor', 'compartments', 'plant', 'logs', 'supervisor']) {
      mkdirSync(join(home, folder), { recursive: true, mode: 0o700 });
    }
    const probe = join(home, `.writable-${process.pid}`);
    writeFileSync(probe, '');
    rmSync(probe);
    return null;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'error';
    return `${home}: cannot be written (${code}); make it writable or set BULKHEAD_HOME to a directory that is`;
  }
}

/** Unix socket paths end at 108 bytes (104 on macOS), so a short place is looked for; 0700 by mkdtemp. */
export function makeRunDirectory(): string {
  const parent = Buffer.byteLength(tmpdir()) <= 60 ? tmpdir() : '/tmp';
  return mkdtempSync(join(parent, runDirectoryPrefix));
}
