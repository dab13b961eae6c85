import { isRecord } from '../node-red/is-record.ts';
import type { FlowNode } from '../protocol/messages.ts';

/** Texts that everybody who reads flows takes for granted, where they are there at all. */
const texts = ['z', 'name', 'label'] as const;

/**
 * The entries that can run. The admin API saves whatever it is sent, also what is no node; a stock Node-RED ends when it
 * starts some of it. What has no id or no type is left out, and of two with one id the later counts, as in Node-RED. Pure.
 */
export function runnableEntries(saved: readonly unknown[]): { flows: FlowNode[]; leftOut: number } {
  const byId = new Map<string, FlowNode>();
  for (const entry of saved) {
    const node = asNode(entry);
    if (node !== undefined) byId.set(node.id, node);
  }
  return { flows: [...byId.values()], leftOut: saved.length - byId.size };
}

function asNode(entry: unknown): FlowNode | undefined {
  if (!isNode(entry)) return undefined;
  if (texts.every((key) => entry[key] === undefined || typeof entry[key] === 'string')) return entry;
  const fields = Object.entries(entry).flatMap(([key, value]): [string, unknown][] => {
    if (!texts.some((name) => name === key) || typeof value === 'string') return [[key, value]];
    return typeof value === 'number' ? [[key, String(value)]] : [];
  });
  const corrected: unknown = Object.fromEntries(fields);
  return isNode(corrected) ? corrected : undefined;
}

function isNode(entry: unknown): entry is FlowNode {
  return (
    isRecord(entry) &&
    typeof entry['id'] === 'string' &&
    entry['id'] !== '' &&
    typeof entry['type'] === 'string' &&
    entry['type'] !== ''
  );
}
