/**
 * The control groups of one house: below the keeper's own group one named `bulkhead-<pid>`, and in it one for each
 * child that has limits. Where the keeper may not make them there are none, and the supervisor's watch has to do.
 *
 * Version 2 lets a group that holds processes give no controller to its children: the keeper first moves itself into
 * a leaf. If others stand in its group too (a terminal's), that is refused, and it moves back.
 */
import { promises } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Enforcer, type LimitsBy, watchdogOnly } from '../protocol/limits.ts';
import { type Controller, controllers, type OwnGroup, ownGroups } from './own-groups.ts';
import { createProcessGroup, type GroupPlace, type ProcessGroup } from './process-group.ts';

const { mkdir, readdir, readFile, rmdir, writeFile } = promises;

export interface HouseGroups {
  readonly limitsBy: LimitsBy;
  /** A group for one life of one child; null where there are no groups. */
  groupFor(childName: string): ProcessGroup | null;
  /** Removes all that is empty. */
  close(): Promise<void>;
}

const namePrefix = 'bulkhead-';
const leaf = 'keeper';

export const noGroups: HouseGroups = {
  limitsBy: watchdogOnly,
  groupFor: () => null,
  close: () => Promise.resolve(),
};

/** Never rejects: what cannot be made is not used. */
export async function openHouseGroups(pid = process.pid): Promise<HouseGroups> {
  const places = new Map<Controller, GroupPlace>();
  const unified = new Map<string, Controller[]>();
  for (const [controller, { version, directory }] of await groupsOfThis()) {
    await sweep(directory);
    if (version === 2) unified.set(directory, [...(unified.get(directory) ?? []), controller]);
    else if (await take1(join(directory, `${namePrefix}${pid}`), controller))
      places.set(controller, { version, directory: join(directory, `${namePrefix}${pid}`) });
  }
  for (const [parent, wanted] of unified) {
    const directory = join(parent, `${namePrefix}${pid}`);
    for (const controller of await take2(parent, directory, wanted, pid))
      places.set(controller, { version: 2, directory });
  }
  const enforcer = (controller: Controller): Enforcer => {
    const place = places.get(controller);
    return place === undefined ? 'watchdog' : `cgroup-v${place.version}`;
  };
  let lives = 0;
  const open = new Set<ProcessGroup>();
  /**
   * A group counts as one process beside those outside of it. Without this twenty compartments together would get as
   * much of a busy machine as one of them did: they took five times as long to start.
   */
  const weigh = (): void => {
    const place = places.get('cpu');
    if (place === undefined) return;
    const [file, weight] =
      place.version === 2
        ? ['cpu.weight', Math.min(10_000, 100 * Math.max(1, open.size))]
        : ['cpu.shares', Math.min(262_144, 1_024 * Math.max(1, open.size))];
    void done(writeFile(join(place.directory, file), String(weight)));
  };
  return {
    limitsBy: { memory: enforcer('memory'), cpu: enforcer('cpu') },
    groupFor(childName) {
      if (places.size === 0) return null;
      lives += 1;
      const name = `${lives}-${childName.replaceAll(/[^\w-]/g, '_').slice(0, 60)}`;
      const group = createProcessGroup(places, name, () => {
        open.delete(group);
        weigh();
      });
      open.add(group);
      weigh();
      return group;
    },
    async close() {
      await Promise.all([...open].map((group) => group.remove()));
      for (const directory of new Set([...places.values()].map((place) => place.directory)))
        await leave(directory, pid);
    },
  };
}

async function groupsOfThis(): Promise<ReadonlyMap<Controller, OwnGroup>> {
  try {
    const [cgroup, mountinfo] = await Promise.all([
      readFile('/proc/self/cgroup', 'utf8'),
      readFile('/proc/self/mountinfo', 'utf8'),
    ]);
    return ownGroups(cgroup, mountinfo);
  } catch {
    return new Map();
  }
}

const done = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );

async function take1(directory: string, controller: Controller): Promise<boolean> {
  const probe = { memory: 'memory.limit_in_bytes', cpu: 'cpu.cfs_quota_us', pids: 'pids.max' }[controller];
  // One hierarchy may hold several controllers: then the group is there already.
  const usable = (await done(mkdir(directory, { recursive: true }))) && (await done(readFile(join(directory, probe))));
  if (!usable) await done(rmdir(directory));
  return usable;
}

/** Those of the wanted controllers that the house may use. */
async function take2(
  parent: string,
  directory: string,
  wanted: readonly Controller[],
  pid: number,
): Promise<Controller[]> {
  const listed = await readFile(join(parent, 'cgroup.controllers'), 'utf8').catch(() => '');
  const offered = wanted.filter((controller) => listed.trim().split(' ').includes(controller));
  if (offered.length === 0 || !(await done(mkdir(join(directory, leaf), { recursive: true })))) return [];
  const given: Controller[] = [];
  if (await done(writeFile(join(directory, leaf, 'cgroup.procs'), String(pid)))) {
    const give = (group: string, controller: Controller): Promise<boolean> =>
      done(writeFile(join(group, 'cgroup.subtree_control'), `+${controller}`));
    for (const controller of offered)
      if ((await give(parent, controller)) && (await give(directory, controller))) given.push(controller);
  }
  if (given.length === 0) await leave(directory, pid);
  return given;
}

/** Moves the keeper back where it stood, which version 2 allows only once nothing is given to groups below. */
async function leave(directory: string, pid: number): Promise<void> {
  const parent = dirname(directory);
  for (const controller of controllers) {
    await done(writeFile(join(directory, 'cgroup.subtree_control'), `-${controller}`));
    if (await isAlone(parent)) await done(writeFile(join(parent, 'cgroup.subtree_control'), `-${controller}`));
  }
  await done(writeFile(join(parent, 'cgroup.procs'), String(pid)));
  await done(rmdir(join(directory, leaf)));
  await done(rmdir(directory));
}

const housesIn = async (directory: string): Promise<string[]> => {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory() && entry.name.startsWith(namePrefix)).map(({ name }) => name);
};

const isAlone = async (parent: string): Promise<boolean> => (await housesIn(parent)).length <= 1;

/** Removes the groups of keepers that were killed; a group that holds a process cannot be removed. */
async function sweep(parent: string): Promise<void> {
  for (const house of await housesIn(parent)) {
    if (isAlive(Number(basename(house).slice(namePrefix.length)))) continue;
    const directory = join(parent, house);
    const groups = await readdir(directory, { withFileTypes: true }).catch(() => []);
    for (const group of groups) if (group.isDirectory()) await done(rmdir(join(directory, group.name)));
    await done(rmdir(directory));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
