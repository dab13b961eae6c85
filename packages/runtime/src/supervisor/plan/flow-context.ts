import type { FlowNode } from '../../protocol/messages.ts';
import { type FlowIndex, subflowOf } from './flow-index.ts';

/** Properties in which Node-RED's typed input keeps the kind of a value: `payloadType`, `vt`, `tot`, `type` of an env. */
const kindKey = /type$|^[a-z]{0,5}t$/i;

/**
 * Does a node, as it is configured, use the flow context of the tab it stands on? Of a subflow: does what is inside.
 *
 * What the code of a node does by itself cannot be seen here; widgets do not.
 */
export function usesFlowContext(node: FlowNode, index: FlowIndex): boolean {
  const { type: _type, ...properties } = node;
  if (some(properties, (key, text) => (text === 'flow' && kindKey.test(key)) || text.includes('$flowContext(')))
    return true;
  return reachesUp(subflowOf(node), index, new Set());
}

/** Inside a subflow `$parent.` is the way to the tab. */
function reachesUp(subflow: string | undefined, index: FlowIndex, seen: Set<string>): boolean {
  if (subflow === undefined || seen.has(subflow)) return false;
  seen.add(subflow);
  return (index.byContainer.get(subflow) ?? []).some(
    (held) => some(held, (_key, text) => text.includes('$parent.')) || reachesUp(subflowOf(held), index, seen),
  );
}

function some(value: unknown, wanted: (key: string, text: string) => boolean, key = '', depth = 0): boolean {
  if (typeof value === 'string') return wanted(key, value);
  if (depth > 6 || typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, inner]) =>
    some(inner, wanted, Array.isArray(value) ? key : name, depth + 1),
  );
}
