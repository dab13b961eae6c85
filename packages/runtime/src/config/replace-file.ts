/** Writes a file whole or not at all: a power cut or a full disk leaves the old content, never half of the new. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';

export function replaceFile(path: string, content: string, mode: number): void {
  const temporary = `${path}.new`;
  try {
    const descriptor = openSync(temporary, 'w', mode);
    try {
      // Goes on until all is written: on a disk that has room for a part, `writeSync` writes that and is content.
      writeFileSync(descriptor, content);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, path);
  } catch (error) {
    removeQuietly(temporary);
    throw error;
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // What counts is why the file could not be written.
  }
}
