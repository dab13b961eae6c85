import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** All files below the given files and folders, sorted; what does not exist is left out. */
export function filesBelow(paths) {
  const found = [];
  for (const entry of paths) {
    if (!existsSync(entry)) continue;
    if (statSync(entry).isFile()) {
      found.push(entry);
      continue;
    }
    for (const child of readdirSync(entry, { recursive: true, withFileTypes: true })) {
      if (child.isFile()) found.push(path.join(child.parentPath ?? child.path, child.name));
    }
  }
  return found.sort();
}

/** One hash over names and contents, so that a touched but unchanged file does not cause a build. */
export function hashOf(paths) {
  const hash = createHash('sha256');
  for (const file of filesBelow(paths)) {
    hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}
