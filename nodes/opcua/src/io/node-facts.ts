import { AttributeIds, type NodeId, resolveNodeId } from 'node-opcua-client';
import { BrowsePath, Range } from 'node-opcua-types';
import { inChunks } from './in-chunks.ts';
import type { LiveSession } from './live-session.ts';

const HAS_PROPERTY = resolveNodeId('i=46');

/** The names of the numbers of those nodes that are of an enumeration; nothing for the others. */
export async function readNames(
  { session, limits, types }: LiveSession,
  nodes: readonly NodeId[],
): Promise<Array<ReadonlyMap<number, string> | undefined>> {
  const read = await inChunks(nodes, limits.read, (chunk) =>
    session.read(
      chunk.map((nodeId) => ({ nodeId, attributeId: AttributeIds.DataType })),
      0,
    ),
  );
  const names: Array<ReadonlyMap<number, string> | undefined> = [];
  for (const { value } of read) {
    const dataType: unknown = value?.value;
    const kind = isNodeId(dataType) ? await types.describe(dataType) : undefined;
    names.push(kind?.kind === 'enum' ? kind.type.names : undefined);
  }
  return names;
}

function isNodeId(value: unknown): value is NodeId {
  return typeof value === 'object' && value !== null && 'identifierType' in value && 'namespace' in value;
}

/** The range of normal values that the server has for a node: its property EURange (OPC 10000-8, clause 5.3.2.3). */
export async function readRanges(
  { session, limits }: LiveSession,
  nodes: readonly NodeId[],
): Promise<Array<readonly [number, number] | undefined>> {
  const paths = nodes.map(
    (startingNode) =>
      new BrowsePath({
        startingNode,
        relativePath: {
          elements: [
            { referenceTypeId: HAS_PROPERTY, isInverse: false, includeSubtypes: true, targetName: { name: 'EURange' } },
          ],
        },
      }),
  );
  const found = await inChunks(paths, limits.translate, (chunk) => session.translateBrowsePath(chunk));
  const properties = found.map(({ targets }) => targets?.[0]?.targetId);
  const there = properties.filter((nodeId) => nodeId !== undefined);
  const read = await inChunks(there, limits.read, (chunk) =>
    session.read(
      chunk.map((nodeId) => ({ nodeId, attributeId: AttributeIds.Value })),
      0,
    ),
  );
  const values = read.values();
  return properties.map((nodeId) => {
    const range: unknown = nodeId === undefined ? undefined : values.next().value?.value?.value;
    return range instanceof Range && Number.isFinite(range.high - range.low) ? [range.low, range.high] : undefined;
  });
}
