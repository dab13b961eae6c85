import type { TypeLookup } from './structure-type.ts';

/** What became of the built-in types (OPC 10000-6, clause 5.1.2); `other` is what is no value for anybody. */
export type RawType =
  | 'null'
  | 'boolean'
  | 'number'
  | 'int64'
  | 'uint64'
  | 'string'
  | 'date'
  | 'localized-text'
  /** A structure as its bytes (`EncodedStructure`), to be read with `types`. */
  | 'structure'
  /** A structure of the specification, read already (`PlainValue`). */
  | 'plain'
  | 'other';

/** A value as a server sent it, free of the classes of the library that received it. */
export interface RawValue {
  /** Status code, 32 bits. */
  code: number;
  type: RawType;
  isArray: boolean;
  /** By type: number, [high, low] words of a 64-bit integer, Date…; for an array an array or a typed array of them. */
  value: unknown;
  /** Of a matrix, whose values are flat. */
  dimensions?: readonly number[];
  /** Where the types of structures are looked up. */
  types?: TypeLookup;
  /** Epoch milliseconds, may have a fraction. */
  sourceTime?: number;
  serverTime?: number;
}
