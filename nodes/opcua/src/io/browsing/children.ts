import { BulkheadError } from '@bulkhead/core';
import {
  BrowseDirection,
  type BrowseResult,
  NodeClassMask,
  type NodeId,
  type ReferenceDescription,
  resolveNodeId,
  ResultMask,
} from 'node-opcua-client';
import type { LiveSession } from '../live-session.ts';

/** What a server is asked for in one answer; it may give less, and some give more. */
export const referencesPerAnswer = 1_000;

const hierarchical = resolveNodeId('i=33');
const shownClasses = NodeClassMask.Object | NodeClassMask.Variable | NodeClassMask.Method | NodeClassMask.View;

/** A question for the nodes below one node. */
export function childrenOf(nodeId: NodeId, referenceTypeId: NodeId = hierarchical) {
  return {
    nodeId,
    referenceTypeId,
    browseDirection: BrowseDirection.Forward,
    includeSubtypes: true,
    nodeClassMask: shownClasses,
    resultMask: ResultMask.NodeClass | ResultMask.BrowseName | ResultMask.DisplayName | ResultMask.ReferenceType,
  };
}

/** Asks for what one answer did not hold. */
export async function following(
  live: LiveSession,
  { continuationPoint }: BrowseResult,
): Promise<BrowseResult | undefined> {
  if (!continuationPoint || continuationPoint.length === 0) return undefined;
  return await live.session.browseNext(continuationPoint, false);
}

function referencesIn({ statusCode, references }: BrowseResult): ReferenceDescription[] {
  if (statusCode.isGood()) return references ?? [];
  throw new BulkheadError('browse-failed', `the server does not show what is below this node (${statusCode.name})`);
}

/** The nodes below one node, in parts of any size; the server keeps the place (a continuation point) until the end. */
export interface Children {
  next(most: number): Promise<ReferenceDescription[]>;
  isOver(): boolean;
  /** Frees the place at the server. */
  release(): Promise<void>;
}

export function readChildren(live: LiveSession, nodeId: NodeId): Children {
  const seen = new Set<string>();
  let rest: ReferenceDescription[] = [];
  let last: BrowseResult | undefined;
  let isAsked = false;

  const ask = async (): Promise<void> => {
    live.session.requestedMaxReferencesPerNode = referencesPerAnswer;
    last = isAsked && last !== undefined ? await following(live, last) : await live.session.browse(childrenOf(nodeId));
    isAsked = true;
    if (last === undefined) return;
    // One node may be below another by two references.
    const fresh = referencesIn(last).filter((reference) => {
      const key = reference.nodeId.toString();
      return !seen.has(key) && seen.add(key);
    });
    rest = [...rest, ...fresh];
  };
  const hasMore = (): boolean => !isAsked || (last?.continuationPoint?.length ?? 0) > 0;

  return {
    async next(most) {
      while (rest.length < most && hasMore()) await ask();
      return rest.splice(0, most);
    },
    isOver: () => rest.length === 0 && !hasMore(),
    async release() {
      const place = last?.continuationPoint;
      last = undefined;
      rest = [];
      isAsked = true;
      if (place && place.length > 0) await live.session.browseNext(place, true);
    },
  };
}
