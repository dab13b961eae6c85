/**
 * The same flows in stock Node-RED and here: every example of the core nodes and all flows of the suite with a compartment
 * for each tab, and palettes of others from npm. About 5 minutes; the first run installs the palettes, 360 MB.
 *
 * One line for each part; what differs is printed before it. Ends with 1 if anything does.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { manifest } from '../test/compatibility/examples/manifest.ts';
import { printFigure, round } from './support/figures.ts';

const root = path.resolve(import.meta.dirname, '..');
const parts = {
  examples: 'test/compatibility/examples.test.ts',
  flows: 'test/compatibility/flows.test.ts',
  'flow files': 'test/compatibility/flow-files.test.ts',
  palettes: 'bench/compatibility/palettes.test.ts',
  'npm modules': 'bench/compatibility/npm-modules.test.ts',
} as const;

const report = v.object({
  stats: v.object({ passes: v.number(), failures: v.number(), duration: v.number() }),
  failures: v.array(v.object({ fullTitle: v.string(), err: v.object({ message: v.optional(v.string(), '') }) })),
});

async function run(file: string): Promise<v.InferOutput<typeof report>> {
  const folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-compatibility-'));
  const written = path.join(folder, 'report.json');
  try {
    const mocha = spawn(
      process.execPath,
      [
        path.join(root, 'node_modules/mocha/bin/mocha.js'),
        '--reporter=json',
        `--reporter-option=output=${written}`,
        '--timeout=600000',
        file,
      ],
      { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, COMPATIBILITY: 'full' } },
    );
    await once(mocha, 'exit');
    return v.parse(report, JSON.parse(readFileSync(written, 'utf8')));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const wanted = process.argv.slice(2);
for (const [part, file] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(part)) continue;
  const { stats, failures } = await run(file);
  for (const { fullTitle, err } of failures) console.error(`${fullTitle}\n${err.message}\n`);
  printFigure({
    bench: 'compatibility',
    part,
    same: stats.passes,
    different: stats.failures,
    seconds: round(stats.duration / 1000, 0),
  });
  if (stats.failures > 0) process.exitCode = 1;
}
const entries = Object.values(manifest);
const compared = entries.filter(({ kind }) => kind === 'compared').length;
printFigure({
  bench: 'compatibility',
  examples: entries.length,
  compared,
  ratio: round(compared / entries.length, 3),
});
