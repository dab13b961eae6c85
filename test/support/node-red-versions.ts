import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { npm } from './npm.ts';

const root = path.resolve(import.meta.dirname, '../..');
const oldest = '4.1.15';
const oldestFolder = path.join(root, '.cache', `node-red-${oldest}`);

/** Node-RED 4.1 from npm, kept between runs. */
async function oldestNodeRed(): Promise<string> {
  const folder = path.join(oldestFolder, 'node_modules', 'node-red');
  if (!existsSync(path.join(folder, 'red.js'))) {
    await mkdir(oldestFolder, { recursive: true });
    await writeFile(path.join(oldestFolder, 'package.json'), '{ "private": true }\n');
    await npm(oldestFolder, ['install', '--no-audit', '--no-fund', `node-red@${oldest}`]);
  }
  return folder;
}

/** The versions of Node-RED that the palettes are for; `program` resolves to the folder of the npm package. */
export const nodeRedVersions: ReadonlyArray<{ version: string; program: () => Promise<string> }> = [
  { version: '5 of this workspace', program: async () => path.join(root, 'node_modules', 'node-red') },
  { version: oldest, program: oldestNodeRed },
];
