import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

/**
 * A copy of the work tree in a temporary folder, with modules of its own.
 *
 * Those are hard links, which are made in seconds. Symbolic ones will not do: they lead out of the copy, and a process
 * may read no more than its own installation.
 */
export function copyOfRepo(): string {
  const copy = mkdtempSync(path.join(realpathSync(tmpdir()), 'bulkhead-mutations-'));
  for (const file of filesOfRepo()) cpSync(path.join(root, file), path.join(copy, file));
  const groups = ['packages', 'nodes'].flatMap((group) =>
    readdirSync(path.join(root, group)).map((name) => path.join(group, name)),
  );
  for (const folder of ['.', ...groups]) {
    if (readdirSync(path.join(root, folder)).includes('node_modules')) copyModules(folder, copy);
  }
  return copy;
}

function filesOfRepo(): string[] {
  const listed = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (listed.status !== 0) throw new Error(`git ls-files: ${listed.stderr}`);
  return listed.stdout.split('\0').filter((name) => name !== '');
}

function copyModules(folder: string, copy: string): void {
  const [from, to] = [path.join(root, folder, 'node_modules'), path.join(copy, folder, 'node_modules')];
  if (spawnSync('cp', ['-al', from, to]).status === 0) return;
  // Another file system, or no such `cp`: slower, and as good.
  cpSync(from, to, { recursive: true, verbatimSymlinks: true, force: true });
}
