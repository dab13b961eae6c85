import { type DataValue, DataType, ExtensionObject, type Variant, VariantArrayType } from 'node-opcua-client';
import { OpaqueStructure } from 'node-opcua-extension-object';
import { decodeWhole } from '../protocol/decode.ts';
import type { PlainValue } from '../protocol/plain-value.ts';
import { isIterable } from '../protocol/raw-parts.ts';
import type { RawType, RawValue } from '../protocol/raw-value.ts';
import type { EncodedStructure, TypeLookup } from '../protocol/structure-type.ts';
import { dataValueOf } from './data-value-of.ts';
import { nodeIdText } from './node-id-text.ts';
import { plainOf } from './plain-of.ts';

const TYPES: Record<DataType, RawType> = {
  [DataType.Null]: 'null',
  [DataType.Boolean]: 'boolean',
  [DataType.SByte]: 'number',
  [DataType.Byte]: 'number',
  [DataType.Int16]: 'number',
  [DataType.UInt16]: 'number',
  [DataType.Int32]: 'number',
  [DataType.UInt32]: 'number',
  [DataType.Float]: 'number',
  [DataType.Double]: 'number',
  [DataType.Int64]: 'int64',
  [DataType.UInt64]: 'uint64',
  [DataType.String]: 'string',
  [DataType.Guid]: 'string',
  [DataType.XmlElement]: 'string',
  [DataType.DateTime]: 'date',
  [DataType.LocalizedText]: 'localized-text',
  [DataType.ByteString]: 'plain',
  [DataType.NodeId]: 'plain',
  [DataType.ExpandedNodeId]: 'plain',
  [DataType.StatusCode]: 'plain',
  [DataType.QualifiedName]: 'plain',
  [DataType.ExtensionObject]: 'structure',
  [DataType.DataValue]: 'plain',
  [DataType.Variant]: 'plain',
  [DataType.DiagnosticInfo]: 'other',
};

const PICOSECONDS_PER_MS = 1e9;

function epochMs(time: Date | null | undefined, picoseconds: number): number | undefined {
  const ms = time?.getTime();
  return ms === undefined || !Number.isFinite(ms) ? undefined : ms + picoseconds / PICOSECONDS_PER_MS;
}

function encoded({ nodeId, buffer }: OpaqueStructure): EncodedStructure {
  return { encodingId: nodeIdText(nodeId), bytes: buffer };
}

interface Body {
  type: RawType;
  value: unknown;
}

/** Structures of the plant are bytes until their type is known; those of the specification the library knows. */
function structures(value: unknown, isArray: boolean): Body {
  const elements = isArray && isIterable(value) ? [...value] : [value];
  if (elements.some((element) => element instanceof OpaqueStructure)) {
    const bytes = elements.map((element) => (element instanceof OpaqueStructure ? encoded(element) : null));
    return { type: 'structure', value: isArray ? bytes : bytes[0] };
  }
  const known: PlainValue[] = elements.map((element) => (element instanceof ExtensionObject ? plainOf(element) : null));
  return { type: 'plain', value: isArray ? known : known[0] };
}

function bodyOf(type: RawType, value: unknown, isArray: boolean): Body {
  if (type === 'structure') return structures(value, isArray);
  if (type !== 'plain') return { type, value };
  const plain = isArray && isIterable(value) ? Array.from(value, (element) => plainOf(element)) : plainOf(value);
  // As single values they are numbers and texts like any other.
  if (!isArray && typeof plain === 'string') return { type: 'string', value: plain };
  if (!isArray && typeof plain === 'number') return { type: 'number', value: plain };
  return { type, value: plain };
}

/** The library's value without the library's classes. */
export function rawValueOf(received: DataValue, types?: TypeLookup): RawValue {
  const variant = received.value;
  const sourceTime = epochMs(received.sourceTimestamp, received.sourcePicoseconds);
  const serverTime = epochMs(received.serverTimestamp, received.serverPicoseconds);
  // The library leaves the variant null when the server sent none, whatever its type says.
  const type = variant ? (TYPES[variant.dataType] ?? 'other') : 'null';
  const isArray = variant ? variant.arrayType !== VariantArrayType.Scalar : false;
  const raw: RawValue = { code: received.statusCode.value, type, isArray, value: variant?.value };
  if (type === 'structure' || type === 'plain') {
    Object.assign(raw, bodyOf(type, variant?.value, isArray));
    if (types !== undefined) raw.types = types;
  }
  if (variant?.arrayType === VariantArrayType.Matrix) raw.dimensions = variant.dimensions ?? [];
  if (sourceTime !== undefined) raw.sourceTime = sourceTime;
  if (serverTime !== undefined) raw.serverTime = serverTime;
  return raw;
}

/** The value in a field of an event. */
export function plainOfVariant(value: Variant): PlainValue {
  const decoded = decodeWhole(rawValueOf(dataValueOf(value)), { scale: 1, offset: 0 }, { enums: 'number' });
  return decoded.ok ? decoded.value : null;
}
