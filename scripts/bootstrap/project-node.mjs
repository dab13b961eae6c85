import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** The Node that the project brings along (npm package `node`); the host's own may be older. */
export const projectNode = path.join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');

/** Environment for children: the workspace's tools come first in the PATH. */
export function projectEnvironment() {
  const bin = path.join(root, 'node_modules', '.bin');
  return { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}` };
}

/** True when this process already is the project's Node; told by its version, since many links lead to the binary. */
function isProjectNode() {
  const manifest = path.join(root, 'node_modules', 'node', 'package.json');
  return existsSync(manifest) && `v${JSON.parse(readFileSync(manifest, 'utf8')).version}` === process.version;
}

/**
 * Runs the calling script again on the project's Node and ends this process with its exit code; returns when this
 * already is that Node. For scripts that do their work in one go: signals reach the child through the process group.
 */
export function continueOnProjectNode() {
  if (isProjectNode()) return;
  if (!existsSync(projectNode)) {
    console.error('the dependencies are not installed yet: run `npm ci` (or `npm start`, which does it) first');
    process.exit(1);
  }
  const child = spawnSync(projectNode, process.argv.slice(1), {
    stdio: 'inherit',
    env: projectEnvironment(),
  });
  process.exit(child.status ?? 1);
}
