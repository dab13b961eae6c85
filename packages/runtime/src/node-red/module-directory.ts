import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isRecord } from './is-record.ts';

/** The npm package that a node set's file belongs to. */
export interface PackageInfo {
  readonly directory: string;
  readonly version: string;
  /** Plugin name → file relative to the directory. */
  readonly plugins: Readonly<Record<string, string>>;
}

/** Walks up from a node set's file to the `package.json` of its module; undefined for loose files. */
export function findPackage(file: string, moduleName: string): PackageInfo | undefined {
  let directory = path.dirname(file);
  for (;;) {
    const manifest = readManifest(path.join(directory, 'package.json'));
    if (manifest?.['name'] === moduleName) return describe(directory, manifest);
    const parent = path.dirname(directory);
    if (parent === directory) return undefined;
    directory = parent;
  }
}

function describe(directory: string, manifest: Record<string, unknown>): PackageInfo {
  const section = manifest['node-red'];
  const declared = isRecord(section) && isRecord(section['plugins']) ? section['plugins'] : {};
  const plugins: Record<string, string> = {};
  for (const [name, file] of Object.entries(declared)) if (typeof file === 'string') plugins[name] = file;
  const version = manifest['version'];
  return { directory, version: typeof version === 'string' ? version : '0.0.0', plugins };
}

function readManifest(file: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
