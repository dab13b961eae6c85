/** `npm run mutations [-- TEXT | --write]`: runs mutations/run.ts, which breaks the code and expects red tests. */
import path from 'node:path';
import { continueOnProjectNode, root } from './bootstrap/project-node.mjs';
import { runForeground } from './bootstrap/run.mjs';

continueOnProjectNode();

process.exit(await runForeground([path.join(root, 'mutations', 'run.ts'), ...process.argv.slice(2)]));
