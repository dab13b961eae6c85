import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { LastExit } from './compartments/compartment-state.ts';
import type { Limits } from './compartments/limits.ts';
import type { PlannedCompartment } from './plan/partition.ts';

/** What a restarted supervisor remembers of a compartment. Never secrets, never flows. */
export interface Kept {
  readonly planned: PlannedCompartment;
  readonly limits: Partial<Limits>;
  readonly restarts: number;
  readonly lastExit: LastExit | null;
}

export interface StateFile {
  /** Everything kept, by compartment id; empty when there is no file or it cannot be read. */
  load(): Promise<Map<string, Kept>>;
  /** Writes soon; several calls in a short time become one write. */
  save(content: () => ReadonlyMap<string, Kept>): void;
}

const gatherMs = 200;

export function createStateFile(file: string, log: (line: string) => void): StateFile {
  let timer: NodeJS.Timeout | null = null;
  let writing: Promise<void> = Promise.resolve();
  const write = async (content: ReadonlyMap<string, Kept>): Promise<void> => {
    try {
      await mkdir(path.dirname(file), { recursive: true });
      // Written aside and renamed: a kill in the middle leaves the old file.
      await writeFile(`${file}.new`, JSON.stringify(Object.fromEntries(content)), { mode: 0o600 });
      await rename(`${file}.new`, file);
    } catch (error) {
      log(`the state file ${file} could not be written: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  return {
    async load() {
      try {
        const text = await readFile(file, 'utf8');
        const parsed: Record<string, Kept> = JSON.parse(text);
        return new Map(Object.entries(parsed));
      } catch {
        return new Map();
      }
    },
    save(content) {
      timer ??= setTimeout(() => {
        timer = null;
        writing = writing.then(() => write(content()));
      }, gatherMs).unref();
    },
  };
}
