/** `npm run bench -- NAME [arguments]`: builds what is stale and runs bench/NAME.ts; without a name it lists them. */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { continueOnProjectNode, root } from './bootstrap/project-node.mjs';
import { build, runForeground } from './bootstrap/run.mjs';

continueOnProjectNode();

const folder = path.join(root, 'bench');
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length));

/** The first sentence of the comment at the head of a bench, as its line in the list. */
function summaryOf(name) {
  const head = /\/\*\*([\s\S]*?)\*\//.exec(readFileSync(path.join(folder, `${name}.ts`), 'utf8'))?.[1] ?? '';
  return head
    .replaceAll(/^\s*\*? ?/gm, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .split(/(?<=\.) /)[0];
}

const [wanted, ...rest] = process.argv.slice(2);
if (wanted === undefined || !names.includes(wanted)) {
  if (wanted !== undefined) console.error(`no such bench: ${wanted}`);
  console.log('npm run bench -- NAME, one of:');
  for (const name of names) console.log(`  ${name.padEnd(14)}${summaryOf(name)}`);
  process.exit(wanted === undefined ? 0 : 64);
}

if (build() !== 0) {
  console.error('the build failed, no bench was run');
  process.exit(1);
}
process.exit(await runForeground([path.join(folder, `${wanted}.ts`), ...rest]));
