import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import path from 'node:path';
import { whenNpmIsGone } from './parent.mjs';
import { projectEnvironment, projectNode, root } from './project-node.mjs';

/** Builds what is stale. Returns the exit code; the build names its problems itself, on stderr. */
export function build() {
  const script = path.join(root, 'scripts', 'build.mjs');
  return (
    spawnSync(projectNode, [script], { stdio: ['ignore', 2, 2], cwd: root, env: projectEnvironment() }).status ?? 1
  );
}

/**
 * Runs a program on the project's Node until it ends and resolves to its exit code (128 + n after signal n).
 *
 * The child gets a process group of its own: otherwise a Ctrl-C would reach it from the terminal, and again from here
 * and from npm. Each kind of signal is passed on once.
 */
export function runForeground(args) {
  const child = spawn(projectNode, args, { stdio: 'inherit', env: projectEnvironment(), detached: true });
  const passedOn = new Set();
  const passOn = (signal) => {
    if (passedOn.has(signal)) return;
    passedOn.add(signal);
    child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, passOn);
  whenNpmIsGone(() => passOn('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}
