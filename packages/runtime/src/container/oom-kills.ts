/**
 * The kernel's own count of what it killed in a container for want of memory. Engines tell it too (`State.OOMKilled`),
 * but not all of them: Podman 4.3 with conmon 2.1.6 always says no (conmon leaves its note in another folder than
 * Podman looks in). The container's cgroup outlives its processes by the time the engine takes to tidy up, some 100 ms.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';

const hierarchy = '/sys/fs/cgroup';

/** Gives null where the count cannot be read: cgroups are elsewhere, or the engine is on another machine. */
export function oomKillsOf(pid: number): () => number | null {
  const file = oomFileOf(readText(`/proc/${pid}/cgroup`) ?? '');
  return () => countIn((file === null ? null : readText(file)) ?? '');
}

/** Which file counts, from `/proc/PID/cgroup`: cgroups(7); `memory.oom_control` in version 1, `memory.events` in 2. */
export function oomFileOf(membership: string): string | null {
  const version1 = /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(\/.*)$/m.exec(membership)?.[1];
  if (version1 !== undefined) return path.join(hierarchy, 'memory', version1, 'memory.oom_control');
  const version2 = /^0::(\/.*)$/m.exec(membership)?.[1];
  return version2 === undefined ? null : path.join(hierarchy, version2, 'memory.events');
}

export function countIn(text: string): number | null {
  const count = /^oom_kill (\d+)$/m.exec(text)?.[1];
  return count === undefined ? null : Number(count);
}

/** Synchronous: every millisecond counts, and these files are in memory. */
function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
