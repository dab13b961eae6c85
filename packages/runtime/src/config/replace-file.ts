/** Writes a file whole or not at all: a power cut leaves the old content, never half of the new. */
import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';

export function replaceFile(path: string, content: string, mode: number): void {
  const temporary = `${path}.new`;
  const descriptor = openSync(temporary, 'w', mode);
  try {
    writeSync(descriptor, content);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, path);
}
