/** Grants as arguments of Node.js. Paths only: what is secret never stands in an argument. */
import path from 'node:path';
import type { Grants } from './plan/grants.ts';
import { everything } from './plan/simplest-paths.ts';

/** What every compartment needs, wherever its flows come from. */
export interface Places {
  /** The compartment program. */
  readonly program: string;
  readonly nodesDirs: readonly string[];
  readonly userDir: string;
  /** A folder that it may read and write in whatever its flows are. */
  readonly own: string;
}

export function permissionArguments(grants: Grants, places: Places): readonly string[] {
  if (grants.unconfinedBecause !== null) return [];
  const read = grants.read.includes(everything)
    ? [everything]
    : [...codeFolders(places), places.own, ...grants.read].flatMap(withAllBelow);
  const write = grants.write.includes(everything) ? [everything] : [places.own, ...grants.write].flatMap(withAllBelow);
  return [
    '--permission',
    ...[...new Set(read)].map((file) => `--allow-fs-read=${file}`),
    ...[...new Set(write)].map((file) => `--allow-fs-write=${file}`),
    ...grants.allow.map((what) => `--allow-${what}`),
    // Node.js warns of each allowance at every start; the sidebar shows them.
    ...(grants.allow.length > 0 ? ['--disable-warning=SecurityWarning'] : []),
  ];
}

/** Whether a path is a file or a folder may change; the model takes both forms for one that is not there. */
const withAllBelow = (file: string): readonly string[] => [file, file.endsWith('/') ? `${file}*` : `${file}/*`];

/**
 * Where code is, and nothing beside it: the home with its secrets usually lies below the root of the repo, and the
 * user directory holds the key of all credentials.
 */
function codeFolders({ program, nodesDirs, userDir }: Places): readonly string[] {
  const ancestors: string[] = [];
  for (let folder = path.dirname(program); folder !== path.dirname(folder); folder = path.dirname(folder))
    ancestors.push(folder);
  return [
    // The packages of the workspace, or `node_modules` where Bulkhead is installed as one.
    path.resolve(path.dirname(program), '..', '..'),
    ...ancestors.flatMap((folder) => [path.join(folder, 'node_modules'), path.join(folder, 'package.json')]),
    ...nodesDirs,
    ...['node_modules', 'lib', 'externalModules', 'package.json'].map((name) => path.join(userDir, name)),
  ];
}
