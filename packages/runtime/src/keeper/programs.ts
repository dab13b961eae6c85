/** Where the programs of the house are: side by side when bundled, in their source folders otherwise. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const sources = {
  configure: '../config/configure.ts',
  supervisor: '../supervisor/main.ts',
  editor: '../editor/main.ts',
  compartment: '../compartment/main.ts',
  container: '../container/main.ts',
  broker: '../services/broker.ts',
  namespace: '../services/namespace.ts',
  postgres: '../services/postgres.ts',
  plant: '../../../plant/src/main.ts',
} as const;

export type Program = keyof typeof sources;

/** Absolute path of a program, next to the one that runs. */
export function programFile(program: Program): string {
  const bundled = !import.meta.url.endsWith('.ts');
  const relative = bundled ? (program === 'plant' ? '../../plant/dist/main.js' : `./${program}.js`) : sources[program];
  return fileURLToPath(new URL(relative, import.meta.url));
}

/** The root of the workspace or package that holds `nodes/` and `flows/`; the same from source and bundle. */
export function houseRoot(): string {
  const levels = import.meta.url.endsWith('.ts') ? '../../../../' : '../../../';
  return fileURLToPath(new URL(levels, import.meta.url));
}

export function hasProgram(program: Program): boolean {
  return existsSync(programFile(program));
}
