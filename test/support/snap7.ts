import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { npm } from './npm.ts';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../..');
const version = '1.0.9';
const platform = `${process.platform}-${process.arch}-${process.versions.modules}`;
const kept = path.join(root, '.cache', `node-snap7-${version}-${platform}`);
const binary = (folder: string): string => path.join(folder, 'build', 'Release', 'node_snap7.node');

/**
 * The folder of the npm package `node-snap7`, compiled for the Node that runs this; kept between runs. Its own install script
 * would load a binary or headers from the internet, so it is compiled with the headers that the package `node` brings.
 */
export async function snap7Folder(): Promise<string> {
  const folder = path.join(kept, 'node_modules', 'node-snap7');
  if (existsSync(binary(folder))) return folder;
  await mkdir(path.dirname(kept), { recursive: true });
  const temporary = await mkdtemp(`${kept}-`);
  await writeFile(path.join(temporary, 'package.json'), '{ "private": true }\n');
  await npm(temporary, ['install', '--ignore-scripts', '--no-audit', '--no-fund', `node-snap7@${version}`]);
  const gyp = path.join(root, 'node_modules', 'npm', 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  const headers = path.dirname(path.dirname(process.execPath));
  await run(process.execPath, [gyp, 'rebuild', '--jobs', 'max'], {
    cwd: path.join(temporary, 'node_modules', 'node-snap7'),
    // A setting of the user's, which npm passes on in the same way, would win over a flag.
    env: { ...process.env, npm_config_nodedir: headersFolder(headers) },
    maxBuffer: 64 * 1024 * 1024,
  });
  // Renamed when it is whole; another run may have been faster.
  try {
    await rename(temporary, kept);
  } catch {
    await rm(temporary, { recursive: true, force: true });
  }
  if (!existsSync(binary(folder))) throw new Error(`node-snap7 could not be compiled in ${kept}`);
  return folder;
}

/** Where `include/node` lies: below the platform's package of `node`, or below the Node that runs this. */
function headersFolder(ofProcess: string): string {
  const modules = path.join(root, 'node_modules', 'node', 'node_modules');
  const packaged = path.join(modules, `node-${process.platform}-${process.arch}`);
  return existsSync(path.join(packaged, 'include')) ? packaged : ofProcess;
}
