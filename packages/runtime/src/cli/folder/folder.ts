/** The folder of an export on disk. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorMessage } from '@bulkhead/core';
import { CommandError } from '../command-error.ts';
import { type Files, indexFile, ownFolders } from './split.ts';

/** Writes what has changed and removes what is gone; answers with the paths of both. */
export async function writeFolder(directory: string, files: Files): Promise<string[]> {
  const before = await existing(directory);
  if (before.size > 0 && !before.has(indexFile))
    throw new CommandError(`${directory}: holds files that "bulkhead export" did not write; name an empty folder`);
  const changed: string[] = [];
  for (const [name, text] of files) {
    if (before.get(name) === text) continue;
    await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
    await writeFile(path.join(directory, name), text);
    changed.push(name);
  }
  for (const name of before.keys()) {
    if (files.has(name)) continue;
    await rm(path.join(directory, name));
    changed.push(name);
  }
  return changed.toSorted();
}

export async function readFolder(directory: string): Promise<Files> {
  const files = await existing(directory);
  if (files.size === 0) throw new CommandError(`${directory}: there is no such folder, or nothing in it`);
  return files;
}

/** JSON files directly in the folder and in its two own ones; others (a README, .git) are nobody's business here. */
async function existing(directory: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const folder of ['.', ...ownFolders]) {
    const names = await readdir(path.join(directory, folder)).catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw new CommandError(`${directory}: cannot be read: ${errorMessage(error)}`);
    });
    for (const name of names.filter((one) => one.endsWith('.json')))
      files.set(
        folder === '.' ? name : `${folder}/${name}`,
        await readFile(path.join(directory, folder, name), 'utf8'),
      );
  }
  return files;
}
