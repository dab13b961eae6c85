import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

/** Whoever lives lets go of a lock sooner: the longest work under one, making a 2,048-bit key, takes a second. */
const leftAfterMs = 10_000;
const everyMs = 1_000;

/**
 * Removes locks that nobody holds any more from a folder of keys and certificates, once.
 *
 * The library locks such a folder with a directory, `….lock`, which stays behind when its process is killed. It takes
 * one for left only after two minutes, and until then no connection of any tab is made, without a word.
 */
export function removeLeftLocks(pkiFolder: string, now: number): void {
  let names: string[];
  try {
    names = readdirSync(pkiFolder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.lock'));
  } catch {
    // The folder is made with the first connection.
    return;
  }
  for (const name of names) {
    const lock = path.join(pkiFolder, name);
    const state = statSync(lock, { throwIfNoEntry: false });
    if (state?.isDirectory() && now - state.mtimeMs > leftAfterMs) rmSync(lock, { recursive: true, force: true });
  }
}

/** Does it now and every second, until the returned function is called. */
export function keepRemovingLeftLocks(pkiFolder: string): () => void {
  const remove = (): void => {
    try {
      removeLeftLocks(pkiFolder, Date.now());
    } catch {
      // Another process was faster, or the folder is read-only: then the library waits as long as it does.
    }
  };
  remove();
  const timer = setInterval(remove, everyMs);
  return () => clearInterval(timer);
}
