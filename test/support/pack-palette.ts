import assert from 'node:assert/strict';
import path from 'node:path';
import * as v from 'valibot';
import { npm } from './npm.ts';
import type { Palette } from './palettes.ts';

const packReport = v.array(v.object({ filename: v.string(), files: v.array(v.object({ path: v.string() })) }));

/** `npm pack` into a folder: the tarball, and the paths of the files in it. */
export async function packPalette(palette: Palette, destination: string): Promise<{ file: string; paths: string[] }> {
  const report = v.parse(
    packReport,
    JSON.parse(await npm(palette.folder, ['pack', '--json', '--pack-destination', destination])),
  );
  const [tarball] = report;
  assert.ok(tarball, 'npm pack reports one tarball');
  return { file: path.join(destination, tarball.filename), paths: tarball.files.map((entry) => entry.path) };
}
