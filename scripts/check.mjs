/**
 * `npm run check`: types, lint, format and dead code, each with one line of summary; `-- --fix` repairs what can be.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { continueOnProjectNode, projectEnvironment, projectNode, root } from './bootstrap/project-node.mjs';

continueOnProjectNode();

const fix = process.argv.includes('--fix');

const steps = [
  { name: 'types', tool: 'typescript/bin/tsc', args: ['--pretty', 'false'] },
  { name: 'lint', tool: 'oxlint/bin/oxlint', args: fix ? ['--fix', '--format=unix'] : ['--format=unix'] },
  {
    name: 'format',
    tool: '@biomejs/biome/bin/biome',
    args: fix ? ['format', '--write'] : ['format', '--reporter=summary'],
  },
  { name: 'dead code', tool: 'knip/bin/knip.js', args: ['--no-progress', '--no-config-hints'] },
];

let failed = 0;
for (const { name, tool, args } of steps) {
  const started = Date.now();
  const result = spawnSync(projectNode, [path.join(root, 'node_modules', tool), ...args], {
    cwd: root,
    encoding: 'utf8',
    env: projectEnvironment(),
    maxBuffer: 64 * 1024 * 1024,
  });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  if (result.status === 0) {
    console.log(`${name}: good (${seconds} s)`);
    continue;
  }
  failed += 1;
  console.log(`${result.stdout}${result.stderr}`.trim());
  console.log(`${name}: FAILED (${seconds} s)`);
}
process.exit(failed > 0 ? 1 : 0);
