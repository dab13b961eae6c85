import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { launchers } from '../protocol/boot.ts';
import type { Down, LastExit } from './compartments/compartment-state.ts';
import { type Limits, perLimit } from '../protocol/limits.ts';
import { type Policy, policyPatchSchema } from './compartments/policy.ts';
import { exitReasons } from '../protocol/messages.ts';
import { wholePrivilege } from '../config/privilege.ts';
import type { Privilege } from '../protocol/privilege.ts';
import type { PlannedCompartment } from './plan/partition.ts';

/** What a restarted supervisor remembers of a compartment. Never secrets, never flows. */
export interface Kept {
  readonly planned: PlannedCompartment;
  /** Only what was set for this compartment; the rest follows the defaults of the house. */
  readonly limits: Partial<Limits>;
  /** Only what was set for this compartment. */
  readonly policy: Partial<Policy>;
  /** Null: that of the house. */
  readonly privilege: Privilege | null;
  readonly restarts: number;
  /** Hash of the deployed slice that was rolled back. */
  readonly pinnedAgainst: string | null;
  readonly lastExit: LastExit | null;
  /** Set while it is down on purpose. */
  readonly down: Down | null;
  /** Debug nodes that were switched by their button. */
  readonly debug: Readonly<Record<string, boolean>>;
  /** Which run of the house wrote this. */
  readonly run: string;
}

const keptSchema = v.object({
  planned: v.object({
    id: v.string(),
    name: v.string(),
    tabs: v.array(v.object({ id: v.string(), label: v.string() })),
    launcher: v.exactOptional(v.picklist(launchers)),
  }),
  limits: v.object(perLimit(() => v.exactOptional(v.number()))),
  policy: v.optional(policyPatchSchema, {}),
  privilege: v.optional(v.nullable(wholePrivilege), null),
  restarts: v.number(),
  pinnedAgainst: v.nullable(v.string()),
  down: v.optional(v.nullable(v.object({ sliceHash: v.string(), quarantinedBecause: v.nullable(v.string()) })), null),
  debug: v.optional(v.record(v.string(), v.boolean()), {}),
  run: v.optional(v.string(), ''),
  lastExit: v.nullable(
    v.object({
      at: v.number(),
      reason: v.picklist(exitReasons),
      detail: v.string(),
      nodeId: v.exactOptional(v.string()),
      nodeName: v.exactOptional(v.string()),
    }),
  ),
});

/** Entries that were written by another version, or by somebody else, are left out. */
function parseKept(content: unknown): Map<string, Kept> {
  const entries = Object.entries(v.parse(v.record(v.string(), v.unknown()), content));
  return new Map(
    entries.flatMap(([id, entry]): [string, Kept][] => {
      const { success, output } = v.safeParse(keptSchema, entry);
      return success
        ? [[id, { ...output, planned: { ...output.planned, dashboards: [], unions: [], splits: [] } }]]
        : [];
    }),
  );
}

/** What was down in an earlier run is forgotten: starting the house is a new chance for every compartment. */
export function inRun(kept: ReadonlyMap<string, Kept>, run: string): Map<string, Kept> {
  return new Map([...kept].map(([id, entry]) => [id, entry.run === run ? entry : { ...entry, down: null, debug: {} }]));
}

export interface StateFile {
  /** Everything kept, by compartment id; empty when there is no file or it cannot be read. */
  load(): Promise<Map<string, Kept>>;
  /** Writes soon; several calls in a short time become one write. */
  save(content: () => ReadonlyMap<string, Kept>): void;
  /** Resolves once everything that was to be saved is on disk. */
  saved(): Promise<void>;
}

const gatherMs = 20;

export function createStateFile(file: string, log: (line: string) => void): StateFile {
  let timer: NodeJS.Timeout | null = null;
  let latest: (() => ReadonlyMap<string, Kept>) | null = null;
  let writing: Promise<void> = Promise.resolve();
  const writeLatest = (): void => {
    timer = null;
    const content = latest;
    if (content) writing = writing.then(() => write(content()));
  };
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
        return parseKept(JSON.parse(text));
      } catch {
        return new Map();
      }
    },
    save(content) {
      latest = content;
      timer ??= setTimeout(writeLatest, gatherMs).unref();
    },
    saved() {
      if (timer !== null) clearTimeout(timer);
      if (timer !== null) writeLatest();
      return writing;
    },
  };
}
