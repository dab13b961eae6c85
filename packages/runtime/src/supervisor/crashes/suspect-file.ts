import { readFile, rename, writeFile } from 'node:fs/promises';
import * as v from 'valibot';

/** A request that ended a process; of `GET /bulkhead/set-aside`. */
const suspectSchema = v.object({
  id: v.string(),
  method: v.string(),
  url: v.string(),
  /** Of the process that it ended last. */
  compartmentId: v.string(),
  /** Of the flows that it ended last; null where they were not known. */
  flowsHash: v.nullable(v.string()),
  kills: v.number(),
  /** Of its last kill; epoch ms. */
  lastAt: v.number(),
  refused: v.number(),
});

export type Suspect = Readonly<v.InferOutput<typeof suspectSchema>>;

/** Where suspects outlive the supervisor. */
export interface SuspectFile {
  /** As an earlier supervisor left them, oldest first. */
  readonly loaded: readonly Suspect[];
  save(suspects: readonly Suspect[]): void;
  /** Resolves once everything so far is on disk. */
  saved(): Promise<void>;
}

/** Its folder is there already. Entries of another version, or of somebody else, are left out. */
export async function openSuspectFile(file: string, log: (line: string) => void): Promise<SuspectFile> {
  let latest: readonly Suspect[] | null = null;
  let work: Promise<void> = Promise.resolve();
  const write = async (): Promise<void> => {
    const suspects = latest;
    latest = null;
    // An earlier turn wrote these already.
    if (suspects === null) return;
    try {
      await writeFile(`${file}.new`, JSON.stringify(suspects), { mode: 0o600, flush: true });
      await rename(`${file}.new`, file);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log(`requests that were set aside could not be written to ${file}: ${why}`);
    }
  };
  return {
    loaded: await load(file),
    save(suspects) {
      latest = suspects;
      work = work.then(write);
    },
    saved: () => work,
  };
}

async function load(file: string): Promise<Suspect[]> {
  try {
    const entries: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (!Array.isArray(entries)) return [];
    return entries.flatMap((entry) => {
      const { success, output } = v.safeParse(suspectSchema, entry);
      return success ? [output] : [];
    });
  } catch {
    return [];
  }
}
