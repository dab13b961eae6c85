import { constants, setPriority } from 'node:os';
import type { ExitReason, RelayedEvent } from '../protocol/messages.ts';
import type { Compartment } from './compartments/compartment.ts';
import { pidOf } from './compartments/compartment-state.ts';
import { afterCpuSample, type CpuShare, cpuSentence, freeShare } from './compartments/cpu-share.ts';
import type { ProcessSample } from './process-sampler.ts';

export interface LimitWatchPorts {
  compartments(): Iterable<Compartment>;
  sample(pid: number): Promise<ProcessSample | null>;
  kill(compartmentId: string, because: { reason: ExitReason; detail: string }): void;
  show(events: readonly RelayedEvent[]): void;
  log(line: string): void;
  /** `os.setPriority`. Throws for a process that is gone, and where raising it again is not allowed. */
  readonly setPriority?: (pid: number, priority: number) => void;
}

export interface Watched extends ProcessSample {
  /** It uses more CPU than its share, or all of it: held there, or put behind the others. */
  readonly cpuLimited: boolean;
}

/**
 * Samples every compartment once a second, ends those above their limits of resident memory (the heap limit does not
 * count Buffers) or open files, and puts those behind the others that use more than their CPU share.
 */
export function createLimitWatch(ports: LimitWatchPorts): {
  tick(): Promise<void>;
  last(compartmentId: string): Watched | null;
} {
  const prioritise = ports.setPriority ?? setPriority;
  const last = new Map<string, Watched>();
  const shares = new Map<number, CpuShare>();

  const watchCpu = (compartment: Compartment, pid: number, cpuPercent: number): boolean => {
    const by = compartment.limitsBy.cpu;
    const { cpuPercent: limit } = compartment.limits;
    const before = shares.get(pid) ?? freeShare;
    const share = afterCpuSample(before, cpuPercent, limit, by);
    shares.set(pid, share);
    if (share.limited === before.limited) return share.limited;
    const text = cpuSentence(compartment.planned.name, share.limited, limit, by);
    ports.log(text);
    ports.show([cpuNotice(compartment.id, text, share.limited)]);
    if (by !== 'watchdog') return share.limited;
    try {
      const { PRIORITY_LOW, PRIORITY_NORMAL } = constants.priority;
      prioritise(pid, share.limited ? PRIORITY_LOW : PRIORITY_NORMAL);
    } catch (error) {
      // It has just ended; or only the administrator may raise a priority, and it stays behind until its next start.
      ports.log(`${compartment.planned.name}: its priority cannot be set: ${String(error)}`);
    }
    return share.limited;
  };

  /** The pid of a container is that of the program that keeps it: it tells itself what it uses. */
  const sampleOf = async (compartment: Compartment, pid: number): Promise<ProcessSample | null> => {
    if (compartment.launcher === 'process') return ports.sample(pid);
    const told = compartment.telemetry?.process;
    return told ? { ...told, openFiles: null } : null;
  };

  return {
    async tick() {
      const alive = new Set<number>();
      for (const compartment of ports.compartments()) {
        const pid = pidOf(compartment.state);
        const sample = pid === null ? null : await sampleOf(compartment, pid);
        if (pid === null || !sample) {
          last.delete(compartment.id);
          continue;
        }
        alive.add(pid);
        last.set(compartment.id, { ...sample, cpuLimited: watchCpu(compartment, pid, sample.cpuPercent) });
        const because = overLimit(
          sample,
          compartment.limits,
          compartment.limitsBy.memory === 'engine' ? engineMargin : 1,
        );
        if (because) ports.kill(compartment.id, because);
      }
      for (const pid of shares.keys()) if (!alive.has(pid)) shares.delete(pid);
    },
    last: (id) => last.get(id) ?? null,
  };
}

/**
 * A container's limit is the engine's to hold, and does not count pages of files that resident memory counts. Where an engine
 * cannot hold it, this does.
 */
const engineMargin = 1.5;

/** Why it has to end; null while it is within its limits. */
export function overLimit(
  { rssBytes, openFiles }: ProcessSample,
  limits: { readonly rssMb: number; readonly openFiles: number },
  margin = 1,
): { readonly reason: ExitReason; readonly detail: string } | null {
  const usedMb = Math.round(rssBytes / 1_048_576);
  if (usedMb > limits.rssMb * margin)
    return { reason: 'memory-limit', detail: `it used ${usedMb} MB of memory, its limit is ${limits.rssMb} MB` };
  if (openFiles !== null && openFiles > limits.openFiles) {
    const detail = `it was ended: it had ${openFiles} open file descriptors, its limit is ${limits.openFiles}`;
    return { reason: 'signal', detail };
  }
  return null;
}

/** Shown once by the editor; goes away by itself. */
function cpuNotice(compartmentId: string, text: string, limited: boolean): RelayedEvent {
  const payload = { type: limited ? 'warning' : 'success', text, timeout: 10_000 };
  return { name: 'runtime-event', payload: { id: `bulkhead-cpu-${compartmentId}`, payload } };
}
