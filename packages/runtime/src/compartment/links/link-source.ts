/**
 * The way back of link calls. A message carries a stack of who wants it returned, `_linkSource: {node, id}[]`, the same
 * here as in any Node-RED. Beside it goes, over every link, the way to those of these nodes that are elsewhere: the
 * compartments between, that of the node first. What a compartment was told it keeps, by node: when a `link out` returns,
 * the message says no more than the node.
 */
import { isRecord } from '../../node-red/is-record.ts';

export type WayBack = readonly [node: string, compartments: readonly string[]];

export interface WaysBack {
  /** For whom a message with this stack has to find back, when it leaves for compartment `to`. */
  leaving(stack: unknown, to: string): readonly WayBack[];
  /** A message brought these. */
  learn(ways: readonly WayBack[]): void;
  /** Compartments that lead to the node, its own first; undefined for a node that nobody spoke of. */
  to(node: string): readonly string[] | undefined;
}

/** As many callers may be known; there are as many as there are nodes that call, so a flow file has some hundred. */
const mostCallers = 10_000;

/** `isHere`: whether a node that takes answers runs in this compartment. */
export function createWaysBack(own: string, isHere: (node: string) => boolean): WaysBack {
  const known = new Map<string, readonly string[]>();
  const wayTo = (node: string): readonly string[] | undefined => (isHere(node) ? [] : known.get(node));
  return {
    leaving(stack, to) {
      if (!Array.isArray(stack)) return [];
      const ways = new Map<string, readonly string[]>();
      for (const entry of stack) {
        const node: unknown = isRecord(entry) ? entry['node'] : undefined;
        const way = typeof node === 'string' ? wayTo(node) : undefined;
        if (typeof node !== 'string' || way === undefined) continue;
        // Back where it has been before, it goes on from there: no way leads in a circle.
        const whole = [...way, own];
        const before = whole.includes(to) ? whole.slice(0, whole.indexOf(to)) : whole;
        if (before.length > 0) ways.set(node, before);
      }
      return [...ways];
    },
    learn(ways) {
      for (const [node, way] of ways) {
        if (isHere(node)) continue;
        known.delete(node);
        known.set(node, way);
        for (const oldest of known.keys()) {
          if (known.size <= mostCallers) break;
          known.delete(oldest);
        }
      }
    },
    to: (node) => known.get(node),
  };
}

/** Node and id of the call that a message was sent with last. */
export function lastCall(stack: unknown): { readonly node: string; readonly id: string } | undefined {
  const last: unknown = Array.isArray(stack) ? stack.at(-1) : undefined;
  if (!isRecord(last)) return undefined;
  const { node, id } = last;
  return typeof node === 'string' && typeof id === 'string' ? { node, id } : undefined;
}

/** A returned message has nobody left to go to; Node-RED deletes the empty stack when the caller takes it. */
export function dropEmptyStack(msg: Record<string, unknown>): void {
  const stack = msg['_linkSource'];
  if (Array.isArray(stack) && stack.length === 0) delete msg['_linkSource'];
}
