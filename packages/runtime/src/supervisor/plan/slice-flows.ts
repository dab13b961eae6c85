import { createHash } from 'node:crypto';
import type { Credentials, FlowNode, Slice } from '../../protocol/messages.ts';

/** What of a slice comes from the flow file. The rest, tokens and paths, is another in every run of the house. */
export interface SliceFlows {
  readonly flows: readonly FlowNode[];
  readonly credentials: Readonly<Record<string, Credentials>>;
  /** Nodes that others may send messages to, beside every `link in`. */
  readonly entrances: readonly string[];
  /** Compartments that its links lead to. */
  readonly targets: readonly string[];
}

export function flowsOf({ flows, credentials, entrances, links }: Slice): SliceFlows {
  return { flows, credentials, entrances: entrances ?? [], targets: Object.keys(links ?? {}).sort() };
}

/** The same for the same flows, in this run of the house and in the next. */
export function flowsHash({ flows, credentials, entrances, targets }: SliceFlows): string {
  return contentHash({ flows, credentials, entrances, targets });
}

/**
 * Flows that do the same have the same hash: but for routes their order in the file is nobody's concern, and an editor writes
 * down outputs without a wire that a file may leave out.
 */
export function contentHash({
  flows,
  ...more
}: {
  readonly flows: readonly FlowNode[];
  readonly [more: string]: unknown;
}): string {
  const content = {
    // Of two routes that match the first answers.
    routes: flows.filter(({ type }) => type === 'http in').map(({ id }) => id),
    flows: flows.map(withoutEmptyEnd).toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)),
    ...more,
  };
  return createHash('sha256')
    .update(JSON.stringify(canonical(content)))
    .digest('hex')
    .slice(0, 32);
}

function withoutEmptyEnd(node: FlowNode): FlowNode {
  const { wires } = node;
  if (!Array.isArray(wires)) return node;
  const wired = wires.findLastIndex((output) => !Array.isArray(output) || output.length > 0);
  return { ...node, wires: wires.slice(0, wired + 1) };
}

/** Keys sorted at every level, so that the same flows always give the same hash. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, inner]) => [key, canonical(inner)]),
  );
}
