import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, openSync, closeSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { projectNode, root } from './project-node.mjs';

const lockFile = path.join(root, 'package-lock.json');
const stampFile = path.join(root, 'node_modules', '.bulkhead-installed');
/** Not below node_modules: `npm ci` empties that. */
const logFile = path.join(root, '.cache', 'npm-ci.log');

export class InstallError extends Error {}

/** The lock file's hash and the platform: the installed binaries fit no other. */
function wantedStamp() {
  const hash = createHash('sha256').update(readFileSync(lockFile)).digest('hex');
  return `${hash} ${process.platform} ${process.arch}\n`;
}

/** True when npm's own record of what it installed agrees with the lock file, so that a manual `npm ci` counts too. */
function agreesWithLock() {
  const recordFile = path.join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(recordFile)) return false;
  const record = JSON.parse(readFileSync(recordFile, 'utf8')).packages;
  return Object.entries(JSON.parse(readFileSync(lockFile, 'utf8')).packages).every(([name, wanted]) => {
    if (!name.includes('node_modules/')) return true;
    const installed = record[name];
    return installed
      ? installed.version === wanted.version
      : Boolean(wanted.optional || wanted.devOptional || wanted.peer);
  });
}

function isInstalled() {
  if (!existsSync(projectNode)) return false;
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wantedStamp()) return true;
  if (!agreesWithLock()) return false;
  writeFileSync(stampFile, wantedStamp());
  return true;
}

/** The host's environment without the workspace's tools: `npm ci` deletes the npm and the Node that lie there. */
function hostEnvironment() {
  const own = path.join(root, 'node_modules') + path.sep;
  const entries = (process.env.PATH ?? '')
    .split(path.delimiter)
    .filter((entry) => !path.resolve(entry).startsWith(own));
  return { ...process.env, PATH: entries.join(path.delimiter) };
}

function npm(args, options) {
  const windows = process.platform === 'win32';
  return [windows ? 'npm.cmd' : 'npm', args, { cwd: root, env: hostEnvironment(), shell: windows, ...options }];
}

function requireUsableNpm() {
  const { stdout, error } = spawnSync(...npm(['--version'], { encoding: 'utf8' }));
  const version = stdout?.trim() ?? '';
  if (error || version === '')
    throw new InstallError('npm was not found in the PATH: install npm 9 or later (it comes with Node.js)');
  if (!(Number.parseInt(version, 10) >= 9)) {
    throw new InstallError(`npm ${version} is too old, npm 9 or later is needed: run \`npm install --global npm@10\``);
  }
}

/** Resolves to npm's exit code; its output goes to the log. */
function runCi() {
  mkdirSync(path.dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'w');
  writeSync(
    log,
    `npm ci on Node.js ${process.version}; Bulkhead itself runs on the Node.js that this installs, so what EBADENGINE says of ` +
      'the present one does not matter\n',
  );
  // --include=dev: the build tools and Node itself are development dependencies, also where NODE_ENV is `production`.
  const child = spawn(...npm(['ci', '--include=dev', '--no-audit', '--no-fund'], { stdio: ['ignore', log, log] }));
  closeSync(log);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/**
 * Installs the dependencies with `npm ci` if they are missing or the lock file has changed since.
 * Rejects with an InstallError whose message says what to do.
 */
export async function ensureInstalled() {
  if (isInstalled()) return;
  requireUsableNpm();
  const started = Date.now();
  console.error(`installing the dependencies, about a minute (log: ${path.relative(process.cwd(), logFile)})`);
  const code = await runCi();
  if (code !== 0) {
    const tail = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-30).join('\n');
    throw new InstallError(
      `${tail}\n\nnpm ci failed with code ${code}; its last lines are above, all of them in ${logFile}`,
    );
  }
  const check = spawnSync(projectNode, ['--version']);
  if (check.status !== 0) {
    throw new InstallError(
      'npm ci brought no usable Node 24: install scripts seem to be switched off. ' +
        'Run `npm config set ignore-scripts false`, remove node_modules and start again',
    );
  }
  writeFileSync(stampFile, wantedStamp());
  console.error(`installed in ${Math.round((Date.now() - started) / 1000)} s`);
}
