import { rmSync } from 'node:fs';
import path from 'node:path';
import type { SupervisorBoot } from '../protocol/boot.ts';
import type { ChildSpec, Identity, LinkEndpoint, NewName } from '../protocol/messages.ts';
import { httpSocketName, linkSocketName, shortened } from '../protocol/socket-name.ts';
import { permissionArguments } from './permission-arguments.ts';
import { anyPlace } from './own-place.ts';
import { grantsKey } from './plan/grants.ts';
import type { StartOptions } from './compartments/ports.ts';
import { deriveToken } from '../protocol/token.ts';
import type { Limits } from '../protocol/limits.ts';

const namePrefix = 'compartment:';

/** The keeper's name for a compartment's process, and back. */
export const processNameOf = (compartmentId: string): string => `${namePrefix}${compartmentId}`;
export const compartmentIdOf = (processName: string): string | undefined =>
  processName.startsWith(namePrefix) ? processName.slice(namePrefix.length) : undefined;

const longestName = 128;

/** A folder name for a compartment: ids come from flow files and may hold anything. */
export function directoryName(compartmentId: string): string {
  const name = encodeURIComponent(compartmentId.toWellFormed()).replaceAll('.', '%2E');
  return name.length <= longestName && compartmentId.isWellFormed()
    ? name
    : `${name.slice(0, longestName)}-${shortened(compartmentId)}`;
}

/** Of its context files and its message in hand. */
export const directoryOf = (boot: SupervisorBoot, compartmentId: string): string =>
  path.join(boot.compartmentsDirectory, directoryName(compartmentId));

/** From it a compartment derives the token of each caller, `deriveToken(linkSecret, callerId)`. */
const linkSecret = (boot: SupervisorBoot, compartmentId: string): string =>
  deriveToken(boot.secret, `link:${compartmentId}`);

/** Where `target` takes messages from link nodes of `caller`; handed out only to compartments whose flows link there. */
export const linkEndpoint = (boot: SupervisorBoot, target: string, caller: string): LinkEndpoint => ({
  path: path.join(boot.runDirectory, linkSocketName(target)),
  token: deriveToken(linkSecret(boot, target), caller),
});

/** The limits that the keeper sees to. */
export const keptLimits = ({ hangMs, rssMb, cpuPercent }: Limits) => ({
  hangLimitMs: hangMs,
  resources: { memoryMb: rssMb, cpuPercent },
});

/** What tells one compartment from another. */
export function identityOf(
  boot: SupervisorBoot,
  compartmentId: string,
  { limits, traceExactly, grants }: StartOptions,
): Identity {
  return {
    id: compartmentId,
    token: deriveToken(boot.secret, processNameOf(compartmentId)),
    linkSecret: linkSecret(boot, compartmentId),
    directory: directoryOf(boot, compartmentId),
    runDirectory: boot.runDirectory,
    traceExactly,
    debugLimitPerSecond: limits.debugPerSecond,
    logLimitPerSecond: limits.logPerSecond,
    grants: grantsKey(grants),
    confinesChildren: grants.confinesChildren,
  };
}

/**
 * How the process launcher starts a compartment: the same program always, its slice comes over the stream. Its own folder
 * is still open (`own-place.ts`).
 */
export function compartmentSpec(boot: SupervisorBoot, compartmentId: string, how: StartOptions): ChildSpec & NewName {
  const { limits, grants } = how;
  return {
    name: processNameOf(compartmentId),
    role: 'compartment',
    command: boot.programs.node,
    // The old space is the limit the user set. The young generation grows with the messages (`compartment/tidy-heap.ts`).
    args: [
      `--max-old-space-size=${limits.heapMb}`,
      '--max-semi-space-size=8',
      // To share so little out among threads took longer than to clear it up, and woke a thread each time.
      '--no-parallel-scavenge',
      // With a limit of a few hundred MB V8 would mark the whole heap each time that it has grown by a third.
      '--heap-growing-percent=200',
      ...permissionArguments(grants, {
        program: boot.programs.compartment,
        nodesDirs: boot.nodesDirs,
        userDir: boot.editorUserDir,
        own: anyPlace(boot),
      }),
      boot.programs.compartment,
    ],
    cwd: boot.home,
    // One arena instead of one per thread: 1.5 MB less in each compartment (glibc).
    env: { MALLOC_ARENA_MAX: '1', ...boot.compartmentEnv },
    boot: {
      ...identityOf(boot, compartmentId, how),
      supervisorSocket: boot.supervisorSocket,
      nodesDirs: boot.nodesDirs,
    },
    ...keptLimits(limits),
    restart: 'none',
  };
}

/** Sockets that a life of this compartment left behind, when it was killed: its process may not remove files there. */
export function removeLeftovers({ runDirectory }: SupervisorBoot, compartmentId: string): void {
  for (const name of [httpSocketName, linkSocketName])
    rmSync(path.join(runDirectory, name(compartmentId)), { force: true });
}
