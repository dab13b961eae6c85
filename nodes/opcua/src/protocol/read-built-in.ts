import { base64Of } from './base64.ts';
import { type BinaryReader, UnreadableBytes } from './binary-reader.ts';
import { type BuiltInType, builtInTypes } from './built-in-type.ts';
import { shapeMatrix } from './matrix.ts';
import type { PlainValue } from './plain-value.ts';
import { readLocalizedText, readNodeId, readQualifiedName } from './read-identifier.ts';

/** What reads a structure that has its header before it. */
export type ReadExtension = (encodingId: string, bytes: Uint8Array, depth: number) => PlainValue;

/** OPC 10000-6, clause 5.1.8, asks for at least this; deeper is no plant's value. */
export const mostDepth = 100;

const VARIANT_TYPE = 0x3f;
const VARIANT_DIMENSIONS = 0x40;
const VARIANT_ARRAY = 0x80;

export function readArray(reader: BinaryReader, readOne: () => PlainValue): PlainValue[] | null {
  const count = reader.length();
  if (count < 0) return null;
  const values: PlainValue[] = [];
  for (let index = 0; index < count; index += 1) values.push(readOne());
  return values;
}

export function readDimensions(reader: BinaryReader): number[] {
  const count = reader.length();
  const dimensions: number[] = [];
  for (let index = 0; index < count; index += 1) dimensions.push(reader.int32());
  return dimensions;
}

/** One value of a built-in type (OPC 10000-6, clause 5.2.2). Throws UnreadableBytes. */
export function readBuiltIn(
  reader: BinaryReader,
  type: BuiltInType,
  readExtension: ReadExtension,
  depth: number,
): PlainValue {
  if (depth > mostDepth) throw new UnreadableBytes(`nested deeper than ${mostDepth}`);
  switch (type) {
    case 'Boolean':
      return reader.byte() !== 0;
    case 'SByte':
      return reader.sbyte();
    case 'Byte':
      return reader.byte();
    case 'Int16':
      return reader.int16();
    case 'UInt16':
      return reader.uint16();
    case 'Int32':
      return reader.int32();
    case 'UInt32':
    case 'StatusCode':
      return reader.uint32();
    case 'Int64':
      return reader.int64();
    case 'UInt64':
      return reader.uint64();
    case 'Float':
      return reader.float();
    case 'Double':
      return reader.double();
    case 'String':
    case 'XmlElement':
      return reader.string();
    case 'DateTime':
      return reader.dateTime();
    case 'Guid':
      return reader.guid();
    case 'ByteString': {
      const bytes = reader.bytes();
      return bytes === null ? null : base64Of(bytes);
    }
    case 'NodeId':
    case 'ExpandedNodeId':
      return readNodeId(reader);
    case 'QualifiedName':
      return readQualifiedName(reader);
    case 'LocalizedText':
      return readLocalizedText(reader);
    case 'ExtensionObject':
      return readHeadedStructure(reader, readExtension, depth);
    case 'DataValue':
      return readDataValue(reader, readExtension, depth);
    case 'Variant':
      return readVariant(reader, readExtension, depth);
    case 'DiagnosticInfo':
      return readDiagnosticInfo(reader, depth);
  }
}

function readHeadedStructure(reader: BinaryReader, readExtension: ReadExtension, depth: number): PlainValue {
  const encodingId = readNodeId(reader);
  const encoding = reader.byte();
  if (encoding === 0) return null;
  const bytes = reader.bytes();
  // 2 is XML, which no binary server sends.
  if (encoding !== 1 || bytes === null) return null;
  return readExtension(encodingId, bytes, depth + 1);
}

function readVariant(reader: BinaryReader, readExtension: ReadExtension, depth: number): PlainValue {
  const head = reader.byte();
  const number = head & VARIANT_TYPE;
  if (number === 0) return null;
  const type = builtInTypes[number - 1];
  if (type === undefined) throw new UnreadableBytes(`a variant of type ${number}`);
  const readOne = (): PlainValue => readBuiltIn(reader, type, readExtension, depth + 1);
  if ((head & VARIANT_ARRAY) === 0) return readOne();
  const values = readArray(reader, readOne);
  if ((head & VARIANT_DIMENSIONS) === 0 || values === null) return values;
  return shapeMatrix(values, readDimensions(reader)) ?? null;
}

/** Of a value within a structure the value itself, unless it is bad. */
function readDataValue(reader: BinaryReader, readExtension: ReadExtension, depth: number): PlainValue {
  const mask = reader.byte();
  const value = (mask & 0x01) === 0 ? null : readVariant(reader, readExtension, depth + 1);
  const code = (mask & 0x02) === 0 ? 0 : reader.uint32();
  if ((mask & 0x04) !== 0) reader.int64();
  if ((mask & 0x10) !== 0) reader.uint16();
  if ((mask & 0x08) !== 0) reader.int64();
  if ((mask & 0x20) !== 0) reader.uint16();
  return code >>> 31 === 1 ? null : value;
}

/** Its text, if it has one. */
function readDiagnosticInfo(reader: BinaryReader, depth: number): PlainValue {
  if (depth > mostDepth) throw new UnreadableBytes(`nested deeper than ${mostDepth}`);
  const mask = reader.byte();
  for (const bit of [0x01, 0x02, 0x08, 0x04]) if ((mask & bit) !== 0) reader.int32();
  const text = (mask & 0x10) === 0 ? null : reader.string();
  if ((mask & 0x20) !== 0) reader.uint32();
  if ((mask & 0x40) !== 0) readDiagnosticInfo(reader, depth + 1);
  return text;
}
