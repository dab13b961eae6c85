/** What the machine that runs the tests offers of control groups, and what a house has made there. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ownGroups } from '../../packages/runtime/src/keeper/own-groups.ts';

/** The folders in which a keeper started by this process makes its groups. */
export function groupFolders(): readonly string[] {
  const groups = ownGroups(readFileSync('/proc/self/cgroup', 'utf8'), readFileSync('/proc/self/mountinfo', 'utf8'));
  return [...new Set([...groups.values()].map(({ directory }) => directory))];
}

/** Paths of all groups that a keeper has made. */
export function groupsOf(keeperPid: number): readonly string[] {
  return groupFolders().flatMap((folder) =>
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name.startsWith(`bulkhead-${keeperPid}-`))
      .map(({ name }) => path.join(folder, name)),
  );
}
