/**
 * Context files go with their tab when it comes to another compartment, and those of a stock Node-RED are taken over by the tabs
 * they belong to. Each compartment has a folder of its own: in a shared one the next deploy of one would delete what
 * the others keep. What cannot be moved is said and left where it is.
 */
import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { belongsTo, type ContextMove } from './context-moves.ts';

/** As Node-RED's `localfilesystem` store names it. */
const base = 'context';

export interface ContextFiles {
  /** The processes at both ends do not run meanwhile. Never rejects. */
  move(moves: readonly ContextMove[]): Promise<void>;
  /** Of all compartments, also of those that there were, and what a stock Node-RED kept: it would be taken over again. */
  clear(): Promise<void>;
}

export interface ContextDirectories {
  ofCompartment(id: string): string;
  /** Holds those of all compartments. */
  readonly ofAll: string;
  /** Of the Node-RED that there was before. */
  readonly ofStock: string;
}

export function createContextFiles(directories: ContextDirectories, log: (line: string) => void): ContextFiles {
  const carry = async ({ from, to, owners }: ContextMove): Promise<void> => {
    const source = path.join(from === null ? directories.ofStock : directories.ofCompartment(from), base);
    const target = path.join(directories.ofCompartment(to), base);
    const folders = await foldersIn(source);
    const there = new Set(await foldersIn(target));
    for (const folder of folders.filter((name) => belongsTo(name, owners))) {
      const [old, now] = [path.join(source, folder), path.join(target, folder)];
      // What a stock Node-RED kept stays as it is, and was taken over once; what a compartment kept is the newest there is.
      if (from === null && there.has(folder)) continue;
      await mkdir(target, { recursive: true });
      if (from === null) await cp(old, now, { recursive: true });
      else {
        await rm(now, { recursive: true, force: true });
        await rename(old, now);
      }
    }
  };
  return {
    async move(moves) {
      for (const move of moves) {
        await carry(move).catch((error: unknown) =>
          log(
            `context files of ${move.owners[0]} could not be taken along to compartment ${move.to}: ${error instanceof Error ? error.message : String(error)}`,
          ),
        );
      }
    },
    async clear() {
      const compartments = (await foldersIn(directories.ofAll)).map((folder) => path.join(directories.ofAll, folder));
      for (const directory of [...compartments, directories.ofStock])
        await rm(path.join(directory, base), { recursive: true, force: true });
    },
  };
}

async function foldersIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
