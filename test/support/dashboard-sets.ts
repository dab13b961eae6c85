/** The node sets of `@flowfuse/node-red-dashboard`, as the editor lists them. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { PaletteEntry } from '../../packages/runtime/src/protocol/messages.ts';

const module = '@flowfuse/node-red-dashboard';
const manifest = createRequire(import.meta.url).resolve(`${module}/package.json`);

export function dashboardSets(): PaletteEntry[] {
  const content: unknown = JSON.parse(readFileSync(manifest, 'utf8'));
  if (typeof content !== 'object' || content === null || !('node-red' in content)) throw new Error(`${manifest}?`);
  const { 'node-red': declared } = content;
  if (typeof declared !== 'object' || declared === null || !('nodes' in declared)) throw new Error(`${manifest}?`);
  return Object.entries(declared.nodes ?? {}).map(([set, file]) => ({
    module,
    set,
    types: [set],
    file: path.join(path.dirname(manifest), String(file)),
    enabled: true,
  }));
}
