import { BrowseDirection, type NodeId, type ReferenceDescription, ResultMask } from 'node-opcua-client';
import { inChunks } from '../in-chunks.ts';
import type { LiveSession } from '../live-session.ts';
import { following } from './children.ts';

export interface Following {
  referenceTypeId: NodeId;
  /** Bits of NodeClassMask. */
  classes: number;
  isInverse?: boolean;
}

/** Lists that are cut short are gone on with one by one: of each the server keeps the place. */
const nodesPerRequest = 20;

/** What these nodes refer to: one whole list for each; none for a node that the server does not show. */
export async function referencesOf(
  live: LiveSession,
  nodes: readonly NodeId[],
  { referenceTypeId, classes, isInverse = false }: Following,
): Promise<ReferenceDescription[][]> {
  live.session.requestedMaxReferencesPerNode = 0;
  const how = {
    referenceTypeId,
    browseDirection: isInverse ? BrowseDirection.Inverse : BrowseDirection.Forward,
    includeSubtypes: true,
    nodeClassMask: classes,
    resultMask: ResultMask.NodeClass | ResultMask.BrowseName | ResultMask.DisplayName,
  };
  return await inChunks(nodes, Math.min(live.limits.browse, nodesPerRequest), async (chunk) => {
    const results = await live.session.browse(chunk.map((nodeId) => ({ ...how, nodeId })));
    const lists: ReferenceDescription[][] = [];
    for (const first of results) {
      const list = [...(first.references ?? [])];
      for (let next = await following(live, first); next !== undefined; next = await following(live, next)) {
        list.push(...(next.references ?? []));
      }
      lists.push(list);
    }
    return lists;
  });
}
