/** The control group of one child and of all that it starts. */
import { promises, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Resources } from '../protocol/messages.ts';
import type { Controller } from './own-groups.ts';

const { mkdir, readFile, rmdir, writeFile } = promises;

export interface GroupPlace {
  readonly version: 1 | 2;
  /** The child's group lies below. */
  readonly directory: string;
}

export interface ProcessGroup {
  /** Makes the group and puts the process into it. Rejects where the kernel refuses. */
  take(pid: number, resources: Resources): Promise<void>;
  setLimits(resources: Resources): Promise<void>;
  /** True once the kernel has ended a process of the group for want of memory. */
  wasOutOfMemory(): boolean;
  /** Ends what is left in it and removes it; gives up after some seconds. */
  remove(): Promise<void>;
}

const periodUs = 100_000;
/** With the threads of each process; a flow that starts commands without end must not use up the machine's. */
const maxTasks = 1_024;
/** A process that was killed leaves its group within milliseconds, one that writes a core dump within seconds. */
const removalPausesMs = [0, 10, 40, 150, 500, 2_000, 5_000];

type Write = readonly [file: string, value: string];

export function createProcessGroup(
  places: ReadonlyMap<Controller, GroupPlace>,
  name: string,
  onRemoved: () => void,
): ProcessGroup {
  const directories = [...new Set([...places.values()].map(({ directory }) => join(directory, name)))];
  const inGroup = (controller: Controller, file: string): string =>
    join(places.get(controller)?.directory ?? '', name, file);
  let made: Promise<unknown> = Promise.resolve();

  const setLimits = async ({ memoryMb, cpuPercent }: Resources): Promise<void> => {
    const quotaUs = Math.round((cpuPercent * periodUs) / 100);
    for (const [controller, { version }] of places) {
      for (const [file, value] of writesOf(controller, version, memoryMb * 2 ** 20, quotaUs))
        await writeFile(inGroup(controller, file), value);
      if (controller === 'memory') await boundSwap(version, memoryMb * 2 ** 20);
    }
  };
  /** Swapping would put off the end, and slow down everybody. Not every kernel counts swap. */
  const boundSwap = async (version: 1 | 2, bytes: number): Promise<void> => {
    const [file, value]: Write = version === 2 ? ['memory.swap.max', '0'] : ['memory.memsw.limit_in_bytes', `${bytes}`];
    await writeFile(inGroup('memory', file), value).catch(() => {});
  };

  const endRest = async (directory: string): Promise<void> => {
    const pids = await readFile(join(directory, 'cgroup.procs'), 'utf8').catch(() => '');
    for (const line of pids.split('\n')) {
      try {
        if (line !== '') process.kill(Number(line), 'SIGKILL');
      } catch {
        // It has just ended.
      }
    }
  };
  const removeOne = async (directory: string): Promise<void> => {
    for (const pauseMs of removalPausesMs) {
      await pause(pauseMs);
      await endRest(directory);
      const gone = await rmdir(directory).then(
        () => true,
        (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT',
      );
      if (gone) return;
    }
  };

  return {
    take(pid, resources) {
      const taken = (async () => {
        for (const directory of directories) await mkdir(directory);
        await setLimits(resources);
        for (const directory of directories) await writeFile(join(directory, 'cgroup.procs'), String(pid));
      })();
      made = taken.catch(() => {});
      return taken;
    },
    setLimits,
    wasOutOfMemory() {
      const version = places.get('memory')?.version;
      if (version === undefined) return false;
      try {
        const file = inGroup('memory', version === 2 ? 'memory.events' : 'memory.oom_control');
        return Number(/^oom_kill (\d+)$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? 0) > 0;
      } catch {
        return false;
      }
    },
    async remove() {
      await made;
      await Promise.all(directories.map(removeOne));
      onRemoved();
    },
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What to write where for one controller. */
function writesOf(controller: Controller, version: 1 | 2, memoryBytes: number, quotaUs: number): readonly Write[] {
  switch (controller) {
    case 'memory':
      return [[version === 2 ? 'memory.max' : 'memory.limit_in_bytes', String(memoryBytes)]];
    case 'cpu':
      return version === 2
        ? [['cpu.max', `${quotaUs} ${periodUs}`]]
        : [
            ['cpu.cfs_period_us', String(periodUs)],
            ['cpu.cfs_quota_us', String(quotaUs)],
          ];
    case 'pids':
      return [['pids.max', String(maxTasks)]];
  }
}
