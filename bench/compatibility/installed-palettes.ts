/** The palettes of others, installed once from their lock file and kept below `.cache`. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { npm } from '../../test/support/npm.ts';

const folder = path.join(import.meta.dirname, 'palettes');
const cache = path.resolve(import.meta.dirname, '../../.cache');

/** Resolves to a `node_modules` that has them. */
export async function installedPalettes(): Promise<string> {
  const lock = createHash('sha256')
    .update(readFileSync(path.join(folder, 'package-lock.json')))
    .digest('hex');
  const kept = path.join(cache, `palettes-${lock.slice(0, 16)}`);
  if (!existsSync(kept)) {
    await mkdir(cache, { recursive: true });
    const temporary = await mkdtemp(`${kept}-`);
    await cp(folder, temporary, { recursive: true });
    await npm(temporary, ['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
    // Renamed when it is whole; another run may have been faster.
    await rename(temporary, kept).catch(() => rm(temporary, { recursive: true, force: true }));
  }
  return path.join(kept, 'node_modules');
}
