/** Where this process stands in the control groups of the machine, of version 1 and 2 or both at once. Pure. */

export const controllers = ['memory', 'cpu', 'pids'] as const;
export type Controller = (typeof controllers)[number];

export interface OwnGroup {
  readonly version: 1 | 2;
  /** Absolute path of the group that this process is in. */
  readonly directory: string;
}

/**
 * The own group for each controller, from the texts of `/proc/self/cgroup` and `/proc/self/mountinfo` (proc(5)). A
 * controller that version 1 does not hold is looked for in version 2, where it still may be missing.
 */
export function ownGroups(cgroup: string, mountinfo: string): ReadonlyMap<Controller, OwnGroup> {
  const mounts = mountinfo.split('\n').flatMap(parseMount);
  const found = new Map<Controller, OwnGroup>();
  for (const line of cgroup.split('\n')) {
    const [id, names, ...rest] = line.split(':');
    const path = rest.join(':');
    if (names === undefined || path === '') continue;
    const unified = id === '0' && names === '';
    for (const controller of controllers) {
      if (!unified && !names.split(',').includes(controller)) continue;
      if (unified && found.has(controller)) continue;
      const mount = mounts.find(({ held }) => (unified ? held === null : held?.has(controller)));
      const inside = mount === undefined ? null : below(mount.root, path);
      if (mount === undefined || inside === null) continue;
      found.set(controller, { version: unified ? 2 : 1, directory: `${mount.point}${inside}` });
    }
  }
  return found;
}

interface Mount {
  readonly root: string;
  readonly point: string;
  /** Options of a version 1 hierarchy, its controllers among them; null for version 2. */
  readonly held: ReadonlySet<string> | null;
}

function parseMount(line: string): Mount[] {
  const [before, after] = line.split(' - ', 2);
  const [, , , root, point] = before?.split(' ') ?? [];
  const [type, , options] = after?.split(' ') ?? [];
  if (root === undefined || point === undefined) return [];
  if (type === 'cgroup2') return [{ root, point, held: null }];
  return type === 'cgroup' ? [{ root, point, held: new Set(options?.split(',')) }] : [];
}

/** What of `path` follows `root`; null where it lies elsewhere. */
function below(root: string, path: string): string | null {
  if (root === '/') return path === '/' ? '' : path;
  if (path === root) return '';
  return path.startsWith(`${root}/`) ? path.slice(root.length) : null;
}
