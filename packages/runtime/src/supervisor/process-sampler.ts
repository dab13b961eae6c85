import { readdir, readFile } from 'node:fs/promises';

export interface ProcessSample {
  readonly rssBytes: number;
  /** Of one core, since the sample before; 0 at the first. */
  readonly cpuPercent: number;
  /** File descriptors, sockets included; null where they may not be counted. */
  readonly openFiles: number | null;
}

/** Clock ticks of /proc/PID/stat per second; fixed at 100 on every Linux that Node.js runs on. */
const ticksPerSecond = 100;
/** Memory and CPU of other processes, read from /proc. Gives null for a process that is gone, and on systems without /proc. */
export function createProcessSampler(now: () => number): {
  sample(pid: number): Promise<ProcessSample | null>;
  forget(pid: number): void;
} {
  const before = new Map<number, { readonly ticks: number; readonly at: number }>();
  return {
    async sample(pid) {
      try {
        const [stat, status, files] = await Promise.all([
          readFile(`/proc/${pid}/stat`, 'utf8'),
          readFile(`/proc/${pid}/status`, 'utf8'),
          readdir(`/proc/${pid}/fd`).catch(() => null),
        ]);
        const ticks = cpuTicksOf(stat);
        const rssBytes = rssBytesOf(status);
        if (ticks === null || rssBytes === null) return null;
        const at = now();
        const last = before.get(pid);
        before.set(pid, { ticks, at });
        const seconds = last ? (at - last.at) / 1000 : 0;
        const cpuPercent = last && seconds > 0 ? ((ticks - last.ticks) / ticksPerSecond / seconds) * 100 : 0;
        return { rssBytes, cpuPercent: Math.round(cpuPercent * 10) / 10, openFiles: files?.length ?? null };
      } catch {
        before.delete(pid);
        return null;
      }
    },
    forget: (pid) => void before.delete(pid),
  };
}

/** User and system ticks; the fields of /proc/PID/stat count from 3 behind the parenthesised command (proc(5)). */
export function cpuTicksOf(stat: string): number | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[14 - 3]) + Number(fields[15 - 3]);
  return Number.isFinite(ticks) ? ticks : null;
}

/** Resident memory from /proc/PID/status; null for a process that has no memory any more (a zombie). */
export function rssBytesOf(status: string): number | null {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}
