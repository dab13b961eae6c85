/** What is kept of each compartment over a restart of the supervisor: its shape, and how it is read. Pure. */
import { isRecord } from '@bulkhead/core';
import * as v from 'valibot';
import { launchers } from '../protocol/boot.ts';
import type { Down } from './compartments/compartment-state.ts';
import { type LastExit, lastExitSchema } from './compartments/last-exit.ts';
import { type Limits, perLimit } from '../protocol/limits.ts';
import { type Policy, policyPatchSchema } from './compartments/policy.ts';
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
  lastExit: v.nullable(lastExitSchema),
});

/** Throws where it is no record of entries at all. `unreadable`: ids of entries of another version, of somebody else, or damaged. */
export function parseKept(content: unknown): {
  readonly entries: Map<string, Kept>;
  readonly unreadable: readonly string[];
} {
  if (!isRecord(content)) throw new Error('it is not a record of compartments');
  const entries = new Map<string, Kept>();
  const unreadable: string[] = [];
  for (const [id, entry] of Object.entries(content)) {
    const { success, output } = v.safeParse(keptSchema, entry);
    if (success) entries.set(id, { ...output, planned: { ...output.planned, dashboards: [], unions: [], splits: [] } });
    else unreadable.push(id);
  }
  return { entries, unreadable };
}

/** What was down in an earlier run is forgotten: starting the house is a new chance for every compartment. */
export function inRun(kept: ReadonlyMap<string, Kept>, run: string): Map<string, Kept> {
  return new Map([...kept].map(([id, entry]) => [id, entry.run === run ? entry : { ...entry, down: null, debug: {} }]));
}
