import { AttributeIds, BrowseDirection, type DataValue, type NodeId, resolveNodeId } from 'node-opcua-client';
import { EnumDefinition, StructureDefinition } from 'node-opcua-types';
import { inChunks } from './in-chunks.ts';
import type { OperationLimits } from './operation-limits.ts';
import type { RawSession } from './raw-session.ts';

export type TypeSession = Pick<RawSession, 'read' | 'browse'>;

/** What a server says of a data type. */
export type TypeDefinition = StructureDefinition | EnumDefinition | undefined;

const HAS_SUBTYPE = resolveNodeId('i=45');
const HAS_ENCODING = resolveNodeId('i=38');
const HAS_PROPERTY = resolveNodeId('i=46');

function definitionIn(read: DataValue | undefined): TypeDefinition {
  const value: unknown = read?.value?.value;
  return value instanceof StructureDefinition || value instanceof EnumDefinition ? value : undefined;
}

export async function readDefinitions(
  session: TypeSession,
  limits: OperationLimits,
  dataTypes: readonly NodeId[],
): Promise<TypeDefinition[]> {
  const read = await inChunks(dataTypes, limits.read, (chunk) =>
    session.read(
      chunk.map((nodeId) => ({ nodeId, attributeId: AttributeIds.DataTypeDefinition })),
      0,
    ),
  );
  return read.map(definitionIn);
}

async function inverse(session: TypeSession, from: NodeId, referenceTypeId: NodeId): Promise<NodeId | undefined> {
  const found = await session.browse({
    nodeId: from,
    referenceTypeId,
    browseDirection: BrowseDirection.Inverse,
    includeSubtypes: false,
    nodeClassMask: 0,
    resultMask: 0,
  });
  return found.references?.[0]?.nodeId;
}

/** The type that this one is derived from. */
export function superTypeOf(session: TypeSession, dataType: NodeId): Promise<NodeId | undefined> {
  return inverse(session, dataType, HAS_SUBTYPE);
}

/** The type whose values have this before them. */
export function dataTypeOfEncoding(session: TypeSession, encoding: NodeId): Promise<NodeId | undefined> {
  return inverse(session, encoding, HAS_ENCODING);
}

function isText(value: unknown): value is { text: string } {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'text') === 'string';
}

/** Names of an enumeration as servers gave them before 1.04: the property EnumValues or EnumStrings. */
export async function readEnumProperties(session: TypeSession, dataType: NodeId): Promise<Map<number, string>> {
  const names = new Map<number, string>();
  const found = await session.browse({
    nodeId: dataType,
    referenceTypeId: HAS_PROPERTY,
    browseDirection: BrowseDirection.Forward,
    includeSubtypes: true,
    nodeClassMask: 0,
    resultMask: 63,
  });
  const property = found.references?.find(({ browseName }) => /^Enum(Values|Strings)$/.test(browseName.name ?? ''));
  if (property === undefined) return names;
  const read = await session.read({ nodeId: property.nodeId, attributeId: AttributeIds.Value }, 0);
  const entries: unknown = read.value?.value;
  if (!Array.isArray(entries)) return names;
  for (const [index, entry] of entries.entries()) {
    if (isText(entry)) names.set(index, entry.text);
    else if (typeof entry === 'object' && entry !== null) {
      const displayName: unknown = Reflect.get(entry, 'displayName');
      const value: unknown = Reflect.get(entry, 'value');
      const number = Array.isArray(value) ? Number(value[1]) | 0 : Number(value);
      if (isText(displayName)) names.set(number, displayName.text);
    }
  }
  return names;
}
