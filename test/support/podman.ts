/** A real Podman with an image for compartments, all its files in a folder of its own; it speaks the Docker Engine API. */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { connectEngine, type Engine } from '../../packages/runtime/src/container/engine.ts';
import { until } from './until.ts';

const run = promisify(execFile);

export interface Podman {
  readonly socket: string;
  readonly image: string;
  readonly engine: Engine;
  /** Runs `podman` with these arguments; resolves with what it prints. */
  podman(...args: readonly string[]): Promise<string>;
  /** Names of all containers, ended ones too. */
  containers(): Promise<readonly string[]>;
  /** Ends the API, not the containers; `start` brings it back. */
  stopService(): Promise<void>;
  startService(): Promise<void>;
  /** Ends and removes everything. */
  remove(): Promise<void>;
}

const image = 'localhost/bulkhead-compartment:test';
// Debian keeps runc in sbin, which an ordinary user's PATH lacks.
const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };

export async function startPodman(): Promise<Podman> {
  // Short: the engine's own sockets lie below it.
  const directory = mkdtempSync(path.join(tmpdir(), 'bh-podman-'));
  const socket = path.join(directory, 'engine.sock');
  const globals = [
    ...['--root', path.join(directory, 'storage'), '--runroot', path.join(directory, 'run')],
    ...['--tmpdir', path.join(directory, 'tmp'), '--cgroup-manager', 'cgroupfs', '--runtime', 'runc'],
    ...['--events-backend', 'file', '--storage-driver', 'overlay'],
  ];
  const podman = async (...args: readonly string[]): Promise<string> =>
    (await run('podman', [...globals, ...args], { env, cwd: directory, timeout: 60_000, maxBuffer: 16 * 1024 * 1024 }))
      .stdout;

  let service: ChildProcess | undefined;
  const engine = connectEngine(socket);
  const startService = async (): Promise<void> => {
    const child = spawn('podman', [...globals, 'system', 'service', '--time=0', `unix://${socket}`], {
      env,
      // conmon leaves notes in it.
      cwd: directory,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    service = child;
    let printed = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
    await until(
      async () => {
        if (child.exitCode !== null) throw new Error(`podman ended: ${printed}`);
        await engine.withLabels({});
        return true;
      },
      { deadlineMs: 20_000, what: 'podman answers' },
    );
  };
  const stopService = async (): Promise<void> => {
    const child = service;
    service = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  const remove = async (): Promise<void> => {
    await podman('rm', '--all', '--force', '--time', '0').catch(() => {});
    await stopService();
    await podman('system', 'reset', '--force').catch(() => {});
    rmSync(directory, { recursive: true, force: true });
  };

  try {
    await podman('import', await nodeImage(directory), image);
    await startService();
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    socket,
    image,
    engine,
    podman,
    containers: async () => (await podman('ps', '--all', '--format', '{{.Names}}')).split('\n').filter(Boolean),
    stopService,
    startService,
    remove,
  };
}

/** No registry is asked: this Node.js, the libraries it is linked with, and two users are image enough. */
async function nodeImage(directory: string): Promise<string> {
  const root = path.join(directory, 'rootfs');
  const put = (file: string, to = file): void => {
    mkdirSync(path.dirname(path.join(root, to)), { recursive: true });
    copyFileSync(realpathSync(file), path.join(root, to));
  };
  for (const folder of ['proc', 'sys', 'dev', 'tmp', 'run/bulkhead', 'opt/bulkhead', 'etc']) {
    mkdirSync(path.join(root, folder), { recursive: true });
  }
  put(process.execPath, '/usr/bin/node');
  const libraries = execFileSync('ldd', [process.execPath], { encoding: 'utf8' }).matchAll(/\/\S+\.so\S*/g);
  for (const [library] of libraries) put(library);
  writeFileSync(path.join(root, 'etc/passwd'), 'root:x:0:0::/:/bin/false\nnode:x:1000:1000::/tmp:/bin/false\n');
  writeFileSync(path.join(root, 'etc/group'), 'root:x:0:\nnode:x:1000:\n');
  const archive = path.join(directory, 'image.tar');
  await run('tar', ['-C', root, '-cf', archive, '.']);
  rmSync(root, { recursive: true });
  return archive;
}
