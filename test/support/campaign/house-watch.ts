import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Bulkhead } from '../bulkhead.ts';

export interface Holdings {
  readonly descriptors: number;
  readonly rssMb: number;
}

/** What a process holds now; zeros when it has gone. */
export function holdingsOf(pid: number): Holdings {
  try {
    const rss = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return { descriptors: readdirSync(`/proc/${pid}/fd`).length, rssMb: Number(rss ?? 0) / 1024 };
  } catch {
    return { descriptors: 0, rssMb: 0 };
  }
}

/** Pids of all living processes that belong to a house: those that work below its home, and the ones it has named. */
export function processesOf({ home }: Pick<Bulkhead, 'home'>): number[] {
  const inHome = (pid: string): boolean => {
    try {
      if (/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) return false;
      return (
        readlinkSync(`/proc/${pid}/cwd`).startsWith(home) || readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(home)
      );
    } catch {
      return false;
    }
  };
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && inHome(entry))
    .map(Number);
}
