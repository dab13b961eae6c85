/**
 * The way back of link calls. A message carries a stack of who wants it returned, `_linkSource: {node, id}[]`, and
 * the `link out` that returns it asks its own runtime for that node. So every entry that leaves a compartment becomes
 * one for the node that knows the way back, with the original inside; coming home it is what it was.
 */
import { isRecord } from '../../node-red/is-record.ts';
import { returnNodeId } from '../../protocol/messages.ts';

export interface WayBack {
  readonly compartment: string;
  readonly node: string;
  readonly id: string;
}

const separator = '\u0000';
const encode = (way: WayBack): string => [way.compartment, way.node, way.id].join(separator);

/** Who an entry of the return node stands for; undefined when the text is none of ours. */
export function decodeWayBack(text: string): WayBack | undefined {
  const first = text.indexOf(separator);
  const second = text.indexOf(separator, first + 1);
  if (first < 0 || second < 0) return undefined;
  return { compartment: text.slice(0, first), node: text.slice(first + 1, second), id: text.slice(second + 1) };
}

/** The stack as compartment `to` has to see it, leaving compartment `from`. Entries that are no entries stay as they are. */
export function rewriteLinkSource(stack: unknown, from: string, to: string): unknown {
  if (!Array.isArray(stack)) return stack;
  return stack.map((entry: unknown) => {
    if (!isRecord(entry) || typeof entry['node'] !== 'string' || typeof entry['id'] !== 'string') return entry;
    const { node, id } = entry;
    const way = node === returnNodeId ? decodeWayBack(id) : undefined;
    if (way?.compartment === to) return { ...entry, node: way.node, id: way.id };
    return { ...entry, node: returnNodeId, id: encode({ compartment: from, node, id }) };
  });
}
