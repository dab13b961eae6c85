import type { NodeId } from 'node-opcua-client';

/** As the specification writes it: namespace 0 is not named. */
export function nodeIdText(nodeId: NodeId): string {
  const text = nodeId.toString();
  return text.startsWith('ns=0;') ? text.slice('ns=0;'.length) : text;
}
