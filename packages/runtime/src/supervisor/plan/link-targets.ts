import type { FlowNode } from '../../protocol/messages.ts';
import type { FlowIndex } from './flow-index.ts';

/** `link in` nodes that messages can reach: on an enabled tab and not disabled themselves. */
export function standingLinkIns(index: FlowIndex): FlowNode[] {
  return index.tabs.flatMap((tab) =>
    (index.byContainer.get(tab.id) ?? []).filter((node) => node.type === 'link in' && node['d'] !== true),
  );
}

/**
 * Which nodes reach which `link in`: ids of the callers among `nodes`, by the id of the `link in`.
 *
 * Node-RED wires a `link out` to every `link in` that either of the two names. A dynamic link call, and a function that
 * calls `node.linkcall`, may name any at run time.
 */
export function linkCallers(nodes: readonly FlowNode[], linkIns: readonly FlowNode[]): Map<string, string[]> {
  const known = new Set(linkIns.map((linkIn) => linkIn.id));
  const namedBy = new Map<string, string[]>();
  for (const linkIn of linkIns) {
    for (const out of texts(linkIn['links'])) namedBy.set(out, [...(namedBy.get(out) ?? []), linkIn.id]);
  }
  const callers = new Map<string, string[]>();
  for (const node of nodes) {
    if (node['d'] === true) continue;
    for (const target of new Set(targetsOf(node, namedBy, known))) {
      const list = callers.get(target);
      if (list) list.push(node.id);
      else if (known.has(target)) callers.set(target, [node.id]);
    }
  }
  return callers;
}

function targetsOf(node: FlowNode, namedBy: ReadonlyMap<string, string[]>, all: ReadonlySet<string>): Iterable<string> {
  switch (node.type) {
    case 'link out':
      return node['mode'] === 'return' ? [] : [...texts(node['links']), ...(namedBy.get(node.id) ?? [])];
    case 'link call':
      return node['linkType'] === 'dynamic' ? all : texts(node['links']).slice(0, 1);
    case 'function':
      return typeof node['func'] === 'string' && node['func'].includes('linkcall') ? all : [];
    default:
      return [];
  }
}

/** A list of ids; an old `link call` has one id instead of a list. */
function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((id) => typeof id === 'string') : [];
}
