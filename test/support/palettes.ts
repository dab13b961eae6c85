import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';

const nodesFolder = path.resolve(import.meta.dirname, '../../nodes');

const manifest = v.object({
  name: v.string(),
  version: v.string(),
  dependencies: v.optional(v.record(v.string(), v.string()), {}),
  optionalDependencies: v.optional(v.record(v.string(), v.string()), {}),
  'node-red': v.object({ nodes: v.record(v.string(), v.string()) }),
});

export interface Palette {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  /** Optional ones too. */
  readonly dependencies: readonly string[];
  /** Node set name to the file that registers it, below `folder`; a set registers one type of the same name. */
  readonly sets: Readonly<Record<string, string>>;
}

/** Every palette of the workspace, as its manifest describes it. */
export function palettes(): Palette[] {
  return readdirSync(nodesFolder).map((entry) => {
    const folder = path.join(nodesFolder, entry);
    const parsed = v.parse(manifest, JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')));
    return {
      folder,
      name: parsed.name,
      version: parsed.version,
      dependencies: Object.keys({ ...parsed.dependencies, ...parsed.optionalDependencies }),
      sets: parsed['node-red'].nodes,
    };
  });
}
