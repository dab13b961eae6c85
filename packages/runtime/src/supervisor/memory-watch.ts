import type { Compartment } from './compartments/compartment.ts';
import { pidOf } from './compartments/compartment-state.ts';
import type { ProcessSample } from './process-sampler.ts';

export interface MemoryWatchPorts {
  compartments(): Iterable<Compartment>;
  sample(pid: number): Promise<ProcessSample | null>;
  kill(compartmentId: string, detail: string): void;
}

/** Samples every compartment and ends those above their resident-memory limit: the heap limit does not count Buffers. */
export function createMemoryWatch(ports: MemoryWatchPorts): {
  tick(): Promise<void>;
  last(compartmentId: string): ProcessSample | null;
} {
  const last = new Map<string, ProcessSample>();
  return {
    async tick() {
      for (const compartment of ports.compartments()) {
        const pid = pidOf(compartment.state);
        const sample = pid === null ? null : await ports.sample(pid);
        if (!sample) {
          last.delete(compartment.id);
          continue;
        }
        last.set(compartment.id, sample);
        const usedMb = Math.round(sample.rssBytes / 1_048_576);
        if (usedMb > compartment.limits.rssMb) {
          ports.kill(compartment.id, `it used ${usedMb} MB of memory, its limit is ${compartment.limits.rssMb} MB`);
        }
      }
    },
    last: (id) => last.get(id) ?? null,
  };
}
