/** What a process had of the processor so far, from Linux's /proc; null where that is not known. */
import { readFileSync } from 'node:fs';

export interface CpuTime {
  readonly usedMs: number;
  /** It runs, or wants to, or waits for the disk; not so while it waits for anything else, or was stopped. */
  readonly runnable: boolean;
}

/** USER_HZ is 100 on every architecture that Node.js runs on. */
const tickMs = 10;

export function cpuTimeOf(pid: number): CpuTime | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Behind the name, which may hold anything: state is field 3, user and system time are fields 14 and 15 (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const usedMs = (Number(fields[11]) + Number(fields[12])) * tickMs;
    return Number.isFinite(usedMs) ? { usedMs, runnable: fields[0] === 'R' || fields[0] === 'D' } : null;
  } catch {
    return null;
  }
}
