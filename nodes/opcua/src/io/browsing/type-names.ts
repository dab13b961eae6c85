import { AttributeIds, type DataValue, DataType, type NodeId, QualifiedName } from 'node-opcua-client';
import { inChunks } from '../in-chunks.ts';
import type { LiveSession } from '../live-session.ts';

type Attribute = { nodeId: NodeId; attributeId: AttributeIds };

export async function readAll(live: LiveSession, attributes: readonly Attribute[]): Promise<DataValue[]> {
  return await inChunks(attributes, live.limits.read, (chunk) => live.session.read(chunk, 0));
}

/** Names of data types; those that are not of the standard are asked of the server. */
export async function typeNames(live: LiveSession, types: readonly NodeId[]): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  const unknown = new Map<string, NodeId>();
  for (const type of types) {
    const standard = type.namespace === 0 && typeof type.value === 'number' ? DataType[type.value] : undefined;
    if (standard === undefined) unknown.set(type.toString(), type);
    else names.set(type.toString(), standard);
  }
  const asked = [...unknown.values()];
  const reads = await readAll(
    live,
    asked.map((nodeId) => ({ nodeId, attributeId: AttributeIds.BrowseName })),
  );
  for (const [index, type] of asked.entries()) {
    const name: unknown = reads[index]?.value?.value;
    names.set(type.toString(), name instanceof QualifiedName ? (name.name ?? '') : '');
  }
  return names;
}
