import type { BuiltInType } from './built-in-type.ts';

/** Names by number. */
export interface EnumType {
  name: string;
  names: ReadonlyMap<number, string>;
}

/** How a field is laid out in bytes; a structure within a structure has no header of its own. */
export type FieldType =
  | { kind: 'built-in'; type: BuiltInType }
  | { kind: 'enum'; type: EnumType }
  | { kind: 'structure'; dataTypeId: string };

export interface StructureField {
  name: string;
  type: FieldType;
  /** 0: a scalar; 1: an array; more: a matrix of that many dimensions. */
  dimensions: number;
  isOptional: boolean;
}

/** A structured data type as its server defines it (OPC 10000-3, clause 8.48). */
export interface StructureType {
  name: string;
  /** Node id of the data type. */
  dataTypeId: string;
  /** Node id of its binary encoding: what stands before its bytes. */
  encodingId: string;
  kind: 'plain' | 'optional-fields' | 'union';
  fields: readonly StructureField[];
}

export interface TypeLookup {
  byEncoding(encodingId: string): StructureType | undefined;
  byDataType(dataTypeId: string): StructureType | undefined;
}

/** The bytes of a structure that the library does not know. */
export interface EncodedStructure {
  encodingId: string;
  bytes: Uint8Array;
}
