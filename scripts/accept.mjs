/** `npm run accept -- FILE.csv [--speed N]`: builds what is stale and runs accept/replay.ts. */
import path from 'node:path';
import { continueOnProjectNode, root } from './bootstrap/project-node.mjs';
import { build, runForeground } from './bootstrap/run.mjs';

continueOnProjectNode();

if (build() !== 0) {
  console.error('the build failed, nothing was replayed');
  process.exit(1);
}
process.exit(await runForeground([path.join(root, 'accept', 'replay.ts'), ...process.argv.slice(2)]));
