/** Lists of files and folders, of which a folder stands for all that it holds. Pure; near-linear in the number of paths. */

export const everything = '*';

/** Without what lies below others, sorted. */
export function simplest(paths: readonly string[]): readonly string[] {
  if (paths.includes(everything)) return [everything];
  // With the separator before every other character, what lies below a folder follows it at once.
  const ordered = [...new Set(paths)]
    .map((file) => ({ file, key: file.replaceAll('/', '\0') }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const kept: string[] = [];
  for (const { file } of ordered) {
    const last = kept.at(-1);
    if (last === undefined || !isBelow(file, last)) kept.push(file);
  }
  return kept.sort();
}

const isBelow = (file: string, folder: string): boolean =>
  file.startsWith(folder.endsWith('/') ? folder : `${folder}/`);

/** Is every one of `wanted` among `held`, or below one of them? */
export function holdsAll(held: readonly string[], wanted: readonly string[]): boolean {
  const alone = simplest(held);
  const together = simplest([...held, ...wanted]);
  // One that is not held would stand in the list itself, or a folder above it would that is not held either.
  return alone.length === together.length && alone.every((file, place) => file === together[place]);
}

/** Paths that fit, and the folders that are among them in place of what they hold. */
export interface Fitting {
  readonly paths: readonly string[];
  readonly widened: readonly string[];
}

/** The path itself and all below it, each an argument (`permission-arguments.ts`), each with a pointer. */
const argumentsBytes = (file: string): number => 2 * (Buffer.byteLength(file) + '--allow-fs-write=/*'.length + 1 + 8);

/** A folder has to hold this part of the bytes to be granted as a whole: of the folders that do, the deepest. */
const part = 1 / 16;
const deepest = 32;

/**
 * At most `mostBytes` of arguments. Beyond that the deepest folder that holds many of the paths stands for them, and so on:
 * the folder that many files share, and not those of the few others.
 */
export function fitting(paths: readonly string[], mostBytes: number): Fitting {
  let all = simplest(paths);
  const widened = new Set<string>();
  for (;;) {
    const total = all.reduce((bytes, file) => bytes + argumentsBytes(file), 0);
    if (total <= mostBytes) return { paths: all, widened: all.filter((file) => widened.has(file)) };
    const folder = fullFolder(all, total);
    widened.add(folder);
    all = folder === '/' ? ['/'] : simplest([...all, folder]);
  }
}

function fullFolder(paths: readonly string[], total: number): string {
  const held = new Map<string, number>();
  for (const file of paths) {
    const bytes = argumentsBytes(file);
    let depth = 0;
    for (let end = file.indexOf('/', 1); end !== -1 && depth < deepest; end = file.indexOf('/', end + 1)) {
      const folder = file.slice(0, end);
      held.set(folder, (held.get(folder) ?? 0) + bytes);
      depth += 1;
    }
  }
  const full = [...held].filter(([, bytes]) => bytes >= total * part).map(([folder]) => folder);
  return full.reduce((longest, folder) => (folder.length > longest.length ? folder : longest), '/');
}
