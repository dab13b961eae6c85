import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { filesBelow } from '../build/inputs.mjs';
import { whenNpmIsGone } from '../bootstrap/parent.mjs';
import { projectEnvironment, projectNode, root } from '../bootstrap/project-node.mjs';
import { watchDescendants } from './descendants.mjs';

/** How long mocha may stay after its last test before something it left open counts as a failure. */
const lingerLimitMs = 15_000;
/** A whole layer; mocha's own limits do not reach a test that never lets go of the event loop. */
const layerLimitMs = 15 * 60_000;

export function specsOf(layer) {
  return filesBelow([path.join(root, 'test', layer)]).filter((file) => file.endsWith('.test.ts'));
}

function readResult(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

function killGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/**
 * Resolves to mocha's `{code, lingered, interrupted}` once it has ended: by itself, by force if it lingers after its
 * last test, or because this process was told to stop.
 */
function ended(mocha, resultFile) {
  return new Promise((resolve, reject) => {
    let reportedAt;
    let lingered = false;
    let interrupted = false;
    const lingering = setInterval(() => {
      if (!existsSync(resultFile)) return;
      reportedAt ??= Date.now();
      if (Date.now() - reportedAt < lingerLimitMs) return;
      lingered = true;
      killGroup(mocha.pid, 'SIGKILL');
    }, 500);
    const limit = setTimeout(() => {
      console.error(`stopped: the layer was not done after ${layerLimitMs / 60_000} minutes`);
      killGroup(mocha.pid, 'SIGKILL');
    }, layerLimitMs);
    const interrupt = () => {
      interrupted = true;
      killGroup(mocha.pid, 'SIGTERM');
    };
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, interrupt);
    const stopWatching = whenNpmIsGone(interrupt);
    mocha.on('error', reject);
    mocha.on('exit', (code, signal) => {
      clearInterval(lingering);
      clearTimeout(limit);
      stopWatching();
      for (const name of ['SIGINT', 'SIGTERM']) process.removeListener(name, interrupt);
      resolve({ code: code ?? signal, lingered, interrupted });
    });
  });
}

/**
 * Runs the spec files of one layer, or every `of`th of them, in one mocha process and resolves to `{passed, failed, interrupted}`. A crash of mocha, a mocha
 * that does not end by itself and each process that the tests left behind count as one failure each. A quiet one prints
 * what it has to say when it is over.
 */
export async function runLayer({ layer, part = { at: 0, of: 1 }, flags, isQuiet = false }) {
  const title = part.of === 1 ? `\n# ${layer}` : `\n# ${layer}, part ${part.at + 1} of ${part.of}`;
  const specs = specsOf(layer).filter((_, at) => at % part.of === part.at);
  if (!isQuiet) console.log(title);
  const folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-test-'));
  const resultFile = path.join(folder, 'result.json');
  const outputFile = path.join(folder, 'output');
  const output = isQuiet ? openSync(outputFile, 'a') : 'inherit';
  const script = path.join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const reporter = path.join(root, 'scripts', 'test', 'reporter.cjs');
  const mocha = spawn(projectNode, [script, '--reporter', reporter, ...flags, ...specs], {
    cwd: root,
    stdio: ['ignore', output, output],
    env: { ...projectEnvironment(), BULKHEAD_TEST_RESULT: resultFile },
    detached: true,
  });
  const descendants = watchDescendants(mocha.pid);
  const { code, lingered, interrupted } = await ended(mocha, resultFile);
  const result = readResult(resultFile);
  const leftBehind = await descendants.leftBehind();
  if (isQuiet) {
    closeSync(output);
    console.log(`${title}\n${readFileSync(outputFile, 'utf8')}`);
  }
  rmSync(folder, { recursive: true, force: true });

  if (interrupted) {
    console.error(`${layer}: interrupted`);
    return { passed: result?.passed ?? 0, failed: (result?.failed ?? 0) + 1, interrupted };
  }
  let failed = result?.failed ?? 0;
  if (!result) {
    console.error(`${layer}: mocha ended with ${code} before it could report`);
    failed += 1;
  } else if (lingered) {
    console.error(`${layer}: mocha did not end after its last test and was killed; what was open is named above`);
    failed += 1;
  } else if (code !== 0 && failed === 0) {
    console.error(`${layer}: mocha ended with ${code}`);
    failed += 1;
  }
  for (const { pid, command } of leftBehind) {
    console.error(`${layer}: left behind: ${pid} ${command}`);
    failed += 1;
  }
  return { passed: result?.passed ?? 0, failed, interrupted };
}
