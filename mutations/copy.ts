import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, realpathSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

/**
 * A copy of the work tree in a temporary folder, installed modules shared by links.
 *
 * The packages of the workspace are links too, so those are made anew: they must lead into the copy.
 */
export function copyOfRepo(): string {
  const copy = mkdtempSync(path.join(realpathSync(tmpdir()), 'bulkhead-mutations-'));
  const listed = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (listed.status !== 0) throw new Error(`git ls-files: ${listed.stderr}`);
  for (const file of listed.stdout.split('\0').filter((name) => name !== '')) {
    cpSync(path.join(root, file), path.join(copy, file), { recursive: true });
  }
  linkModules(path.join(root, 'node_modules'), path.join(copy, 'node_modules'), 1);
  // What test set-ups compile or install once.
  if (isFolder(path.join(root, '.cache'))) symlinkSync(path.join(root, '.cache'), path.join(copy, '.cache'));
  for (const group of ['packages', 'nodes']) {
    for (const name of readdirSync(path.join(root, group))) {
      const modules = path.join(root, group, name, 'node_modules');
      if (isFolder(modules)) symlinkSync(modules, path.join(copy, group, name, 'node_modules'));
    }
  }
  return copy;
}

/** Links each module; goes one level down into the folder of a scope. */
function linkModules(from: string, to: string, depth: number): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (depth > 0 && entry.name.startsWith('@')) linkModules(source, target, depth - 1);
    else symlinkSync(source, target);
  }
}

function isFolder(folder: string): boolean {
  try {
    readdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
