import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Beside what it becomes: a file is renamed within one file system only. */
export const temporaryName = (): string => `.${process.pid}-${randomBytes(6).toString('hex')}.tmp`;

/** Node.js's permission model, under which a tab of Bulkhead runs, has no fsync; whoever may, waits for the disk. */
export const durably = { mode: 0o600, flush: Reflect.get(process, 'permission') === undefined };

/** Writes a file, for its owner alone, that nobody ever sees in part. */
export function writeWhole(file: string, content: string | Buffer): void {
  const folder = path.dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const temporary = path.join(folder, temporaryName());
  writeFileSync(temporary, content, durably);
  renameSync(temporary, file);
}

/** Undefined when there is no such file. */
export function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
