import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import type { Mutation } from './table.ts';

/** How one test fared: `broken` when it could not be run at all. */
export type Outcome =
  | { readonly kind: 'green' }
  | { readonly kind: 'red'; readonly failed: number }
  | { readonly kind: 'broken'; readonly why: string };

const testLimitMs = 180_000;
const resultSchema = v.object({ passed: v.number(), failed: v.number() });

/** Runs the test of a mutation in a copy of the repo as the copy is now. */
export function runTest(copy: string, { test, title }: Mutation): Outcome {
  const build = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: copy, encoding: 'utf8' });
  if (build.status !== 0) return { kind: 'broken', why: `does not build: ${build.stderr.trim().slice(-500)}` };
  const folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-mutation-'));
  const resultFile = path.join(folder, 'result.json');
  const mocha = spawnSync(
    process.execPath,
    ['node_modules/mocha/bin/mocha.js', '--reporter', 'scripts/test/reporter.cjs', '--exit', '--fgrep', title, test],
    {
      cwd: copy,
      encoding: 'utf8',
      timeout: testLimitMs,
      killSignal: 'SIGKILL',
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, BULKHEAD_TEST_RESULT: resultFile },
    },
  );
  try {
    const result = v.parse(resultSchema, JSON.parse(readFileSync(resultFile, 'utf8')));
    if (result.failed > 0) return { kind: 'red', failed: result.failed };
    return result.passed > 0 ? { kind: 'green' } : { kind: 'broken', why: `no test has "${title}" in its title` };
  } catch {
    if (mocha.error && 'code' in mocha.error && mocha.error.code === 'ETIMEDOUT') return { kind: 'red', failed: 1 };
    return { kind: 'broken', why: `mocha ended with ${mocha.status}: ${mocha.stderr.trim().slice(-500)}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Makes the break, runs `work`, and puts the file back. */
export function withMutation<T>(copy: string, { file, from, to }: Mutation, work: () => T): T {
  const target = path.join(copy, file);
  const whole = readFileSync(target, 'utf8');
  const parts = whole.split(from);
  const [before, after] = parts;
  if (parts.length !== 2 || before === undefined || after === undefined)
    throw new Error(`${file} contains ${JSON.stringify(from)} ${parts.length - 1} times, it must be once`);
  writeFileSync(target, `${before}${to}${after}`);
  try {
    return work();
  } finally {
    writeFileSync(target, whole);
  }
}
