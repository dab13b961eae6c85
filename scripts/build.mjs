#!/usr/bin/env node
/**
 * Builds what is stale: the programs of the runtime and of the plant, and every palette.
 *
 *   npm run build               everything that changed since the last build
 *   npm run build -- --force    everything
 *   npm run build -- --partial  parts that are missing are warnings (while a node is being written)
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { continueOnProjectNode, root } from './bootstrap/project-node.mjs';

continueOnProjectNode();

const { hashOf } = await import('./build/inputs.mjs');
const { writeFolder } = await import('./build/output.mjs');
const { targets } = await import('./build/targets.mjs');

const force = process.argv.includes('--force');
const partial = process.argv.includes('--partial');
const stampFile = path.join(root, 'node_modules', '.cache', 'bulkhead', 'build.json');
const stamps = existsSync(stampFile) ? JSON.parse(readFileSync(stampFile, 'utf8')) : {};

const started = Date.now();
const built = [];
const problems = [];

for (const target of targets(root)) {
  const hash = hashOf(target.inputs);
  const stamp = stamps[target.name];
  const complete = stamp?.files?.every((file) => existsSync(path.join(target.outdir, file)));
  if (!force && stamp?.hash === hash && complete) continue;
  delete stamps[target.name];
  try {
    const result = await target.build();
    writeFolder(target.outdir, result.content);
    problems.push(...result.problems.map((problem) => `${target.name}: ${problem}`));
    if (result.problems.length === 0) stamps[target.name] = { hash, files: Object.keys(result.content) };
    built.push(target.name);
  } catch (error) {
    problems.push(`${target.name}: ${error.message}`);
  }
}

mkdirSync(path.dirname(stampFile), { recursive: true });
writeFileSync(stampFile, JSON.stringify(stamps));

if (built.length > 0) console.log(`built ${built.join(', ')} in ${((Date.now() - started) / 1000).toFixed(1)} s`);
for (const problem of problems) console.error(`${partial ? 'warning' : 'error'}: ${problem}`);
if (problems.length > 0 && !partial) process.exitCode = 1;
