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

export function contentHash(content: object): string {
  return createHash('sha256')
    .update(JSON.stringify(canonical(content)))
    .digest('hex')
    .slice(0, 32);
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
