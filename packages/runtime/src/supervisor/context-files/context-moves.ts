import type { FlowNode } from '../../protocol/messages.ts';
import type { PlannedCompartment } from '../plan/partition.ts';

/** Context files that have to come along with a tab, by the names of their folders. */
export interface ContextMove {
  /** Compartment that ran the tab; null for one that comes from a stock Node-RED. */
  readonly from: string | null;
  readonly to: string;
  /** The tab, and the instances of subflows on it: Node-RED has a folder for each. */
  readonly owners: readonly string[];
}

/** `homes`: the compartment in whose folder each tab's files are. */
export function contextMoves(
  compartments: readonly PlannedCompartment[],
  homes: ReadonlyMap<string, string>,
  flows: readonly FlowNode[],
): ContextMove[] {
  return compartments.flatMap(({ id, tabs }) =>
    tabs.flatMap((tab): ContextMove[] => {
      const from = homes.get(tab.id) ?? null;
      return from === id ? [] : [{ from, to: id, owners: [tab.id, ...subflowInstances(tab.id, flows)] }];
    }),
  );
}

const subflowInstances = (tabId: string, flows: readonly FlowNode[]): string[] =>
  flows.filter(({ z, type }) => z === tabId && type.startsWith('subflow:')).map(({ id }) => id);

/** A folder of the store `file` belongs to one of these: instances inside of an instance have its id in front of theirs. */
export const belongsTo = (folder: string, owners: readonly string[]): boolean =>
  owners.some((owner) => folder === owner || folder.startsWith(`${owner}-`));
