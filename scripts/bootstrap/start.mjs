import { existsSync } from 'node:fs';
import path from 'node:path';
import { InstallError, ensureInstalled } from './install.mjs';
import { root } from './project-node.mjs';
import { build, runForeground } from './run.mjs';

try {
  await ensureInstalled();
  const program = path.join(root, 'packages', 'runtime', 'dist', 'cli.js');
  if (build() !== 0 || !existsSync(program)) {
    console.error('the build failed, nothing was started');
    process.exit(1);
  }
  process.exit(await runForeground([program, 'start', ...process.argv.slice(2)]));
} catch (error) {
  if (!(error instanceof InstallError)) throw error;
  console.error(error.message);
  process.exit(1);
}
