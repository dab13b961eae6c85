/** How a node is written so that a change of it is a change of few lines, and the same flows are always the same text. */
import { isRecord } from '@bulkhead/core';
import type { FlowNode } from '../../protocol/messages.ts';
import { CommandError } from '../command-error.ts';

const first = ['id', 'type', 'name', 'label'];
/** A text of several lines stands as a list of them, for those who read a change of a function. */
const linesKey = '$lines';

/** Without credentials, which a hand-written flow file may hold. */
export function nodesAsText(nodes: readonly FlowNode[]): string {
  const written = nodes.toSorted(byId).map(({ credentials: _secret, ...node }) => canonical(node, node.id));
  return `${JSON.stringify(written, null, 2)}\n`;
}

/** The opposite of `nodesAsText`; `file` is for the error. */
export function textAsNodes(text: string, file: string): FlowNode[] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new CommandError(`${file}: not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!Array.isArray(content)) throw new CommandError(`${file}: a list of nodes is expected`);
  return content.map((entry: unknown, place) => {
    const node = original(entry);
    if (!isFlowNode(node)) throw new CommandError(`${file}: entry ${place + 1} has no id or no type`);
    return node;
  });
}

export const byId = (a: { readonly id: string }, b: { readonly id: string }): number =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : 0;

function canonical(value: unknown, nodeId: string): unknown {
  if (typeof value === 'string') return value.includes('\n') ? { [linesKey]: value.split('\n') } : value;
  if (Array.isArray(value)) return value.map((inner: unknown) => canonical(inner, nodeId));
  if (!isRecord(value)) return value;
  if (linesKey in value)
    throw new CommandError(`node ${nodeId} has a property "${linesKey}", which means something here`);
  const keys = Object.keys(value).toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return Object.fromEntries(keys.map((key) => [key, canonical(value[key], nodeId)]));
}

const rank = (key: string): number => (first.includes(key) ? first.indexOf(key) : first.length);

function original(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(original);
  if (!isRecord(value)) return value;
  const lines = value[linesKey];
  if (Array.isArray(lines)) return lines.map(String).join('\n');
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, original(inner)]));
}

function isFlowNode(entry: unknown): entry is FlowNode {
  return isRecord(entry) && typeof entry['id'] === 'string' && typeof entry['type'] === 'string';
}
