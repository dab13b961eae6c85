#!/usr/bin/env node
/**
 * The command `bulkhead`. It is a file of its own because npm links a command only to a file that exists when it
 * installs, which is before the first build.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const program = new URL('../dist/cli.js', import.meta.url);
// The Node that the workspace brings along; the one in the PATH may be older than Bulkhead needs.
const ownNode = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url));

if (!existsSync(program)) {
  console.error('bulkhead: it is not built yet; run `npm start` (or `npm run build`) first');
  process.exit(1);
}
if (Number(process.versions.node.split('.')[0]) >= 24 || !existsSync(ownNode)) {
  await import(program.href);
} else {
  const child = spawnSync(ownNode, [fileURLToPath(program), ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exit(child.status ?? 1);
}
