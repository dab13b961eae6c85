/**
 * The control groups of one house: beside the keeper, in its own group, one named `bulkhead-<pid>-<n>-<child>` for each
 * child that has limits. Where the keeper may not make them there are none, and the supervisor's watch has to do.
 *
 * Beside, not below one for the house: a busy machine is shared out among the groups of one level, and each compartment
 * counts as one process there. In a group of the house a single busy one would have all that belongs to the twenty.
 *
 * Version 2 lets a group that holds processes give no controller to its children: the keeper first moves itself into a
 * leaf, with the supervisor, the editor and the services. If others stand in its group too (a terminal's), that is
 * refused, and it moves back.
 */
import { promises } from 'node:fs';
import { join } from 'node:path';
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

const leaf = 'keeper';
/** Of version 2's leaf, where a compartment has 100: it holds some eight processes, and all others wait for them. */
const leafWeight = '800';

const nameOf = (pid: number, what: string): string => `bulkhead-${pid}-${what}`;
const groupName = /^bulkhead-(\d+)-/;

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
    else if (await canUse(directory, controller, pid)) places.set(controller, { version, directory });
  }
  for (const [directory, wanted] of unified) {
    for (const controller of await enterLeaf(directory, wanted, pid)) places.set(controller, { version: 2, directory });
  }
  const enforcer = (controller: Controller): Enforcer => {
    const place = places.get(controller);
    return place === undefined ? 'watchdog' : `cgroup-v${place.version}`;
  };
  let lives = 0;
  const open = new Set<ProcessGroup>();
  return {
    limitsBy: { memory: enforcer('memory'), cpu: enforcer('cpu') },
    groupFor(childName) {
      if (places.size === 0) return null;
      lives += 1;
      const name = nameOf(pid, `${lives}-${childName.replaceAll(/[^\w-]/g, '_').slice(0, 60)}`);
      const group = createProcessGroup(places, name, () => void open.delete(group));
      open.add(group);
      return group;
    },
    async close() {
      await Promise.all([...open].map((group) => group.remove()));
      const left = new Set(
        [...places.values()].flatMap(({ version, directory }) => (version === 2 ? [directory] : [])),
      );
      for (const directory of left) await leaveLeaf(directory, pid);
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

/** Whether groups of version 1 can be made here. One hierarchy may hold several controllers. */
async function canUse(parent: string, controller: Controller, pid: number): Promise<boolean> {
  const file = { memory: 'memory.limit_in_bytes', cpu: 'cpu.cfs_quota_us', pids: 'pids.max' }[controller];
  const trial = join(parent, nameOf(pid, 'trial'));
  const usable = (await done(mkdir(trial))) && (await done(readFile(join(trial, file))));
  await done(rmdir(trial));
  return usable;
}

/** Of version 2: makes room for groups beside the keeper, and gives those of the wanted controllers that they may use. */
async function enterLeaf(parent: string, wanted: readonly Controller[], pid: number): Promise<Controller[]> {
  const directory = join(parent, nameOf(pid, leaf));
  const listed = await readFile(join(parent, 'cgroup.controllers'), 'utf8').catch(() => '');
  const offered = wanted.filter((controller) => listed.trim().split(' ').includes(controller));
  if (offered.length === 0 || !(await done(mkdir(directory)))) return [];
  const given: Controller[] = [];
  if (await done(writeFile(join(directory, 'cgroup.procs'), String(pid)))) {
    for (const controller of offered)
      if (await done(writeFile(join(parent, 'cgroup.subtree_control'), `+${controller}`))) given.push(controller);
  }
  if (given.includes('cpu')) await done(writeFile(join(directory, 'cpu.weight'), leafWeight));
  if (given.length === 0) await leaveLeaf(parent, pid);
  return given;
}

/** Moves the keeper back where it stood, which version 2 allows only once nothing is given to groups below. */
async function leaveLeaf(parent: string, pid: number): Promise<void> {
  const others = (await housesIn(parent)).some((house) => house.pid !== pid);
  if (!others)
    for (const controller of controllers)
      await done(writeFile(join(parent, 'cgroup.subtree_control'), `-${controller}`));
  await done(writeFile(join(parent, 'cgroup.procs'), String(pid)));
  await done(rmdir(join(parent, nameOf(pid, leaf))));
}

async function housesIn(directory: string): Promise<{ name: string; pid: number }[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  return entries.flatMap((entry) => {
    const pid = groupName.exec(entry.name)?.[1];
    return entry.isDirectory() && pid !== undefined ? [{ name: entry.name, pid: Number(pid) }] : [];
  });
}

/** Removes the groups of keepers that were killed; a group that holds a process cannot be removed. */
async function sweep(parent: string): Promise<void> {
  for (const { name, pid } of await housesIn(parent)) if (!isAlive(pid)) await done(rmdir(join(parent, name)));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
