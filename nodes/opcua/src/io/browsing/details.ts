import { isRecord } from '@bulkhead/core';
import { AttributeIds, BrowsePath, NodeId, resolveNodeId } from 'node-opcua-client';
import { inChunks } from '../in-chunks.ts';
import type { LiveSession } from '../live-session.ts';

export interface Details {
  unit: string;
  /** As the tag table writes it: `0..100`. */
  range: string;
}

const hasProperty = resolveNodeId('i=46');

/** The value of this property of each node. */
export async function readProperty(live: LiveSession, nodes: readonly NodeId[], name: string): Promise<unknown[]> {
  const elements = [
    { referenceTypeId: hasProperty, isInverse: false, includeSubtypes: true, targetName: { namespaceIndex: 0, name } },
  ];
  const paths = nodes.map((startingNode) => new BrowsePath({ startingNode, relativePath: { elements } }));
  const results = await inChunks(paths, live.limits.translate, (chunk) => live.session.translateBrowsePath(chunk));
  const asked = results.map(({ targets }) => ({
    nodeId: targets?.[0]?.targetId ?? NodeId.nullNodeId,
    attributeId: AttributeIds.Value,
  }));
  const reads = await inChunks(asked, live.limits.read, (chunk) => live.session.read(chunk, 0));
  return reads.map(({ statusCode, value }): unknown => (statusCode.isGood() ? value?.value : undefined));
}

function unitIn(value: unknown): string {
  const text: unknown = isRecord(value) && isRecord(value['displayName']) ? value['displayName']['text'] : undefined;
  return typeof text === 'string' ? text : '';
}

function rangeIn(value: unknown): string {
  if (!isRecord(value)) return '';
  const { low, high } = value;
  return typeof low === 'number' && typeof high === 'number' && low < high ? `${low}..${high}` : '';
}

/** Unit and range of variables that have them (AnalogItemType, OPC 10000-8). */
export async function readDetails(live: LiveSession, addresses: readonly string[]): Promise<Details[]> {
  const nodes = (await live.resolve(addresses)).map((node) => (node.ok ? node.nodeId : NodeId.nullNodeId));
  const units = await readProperty(live, nodes, 'EngineeringUnits');
  const ranges = await readProperty(live, nodes, 'EURange');
  return nodes.map((_, index) => ({ unit: unitIn(units[index]), range: rangeIn(ranges[index]) }));
}
