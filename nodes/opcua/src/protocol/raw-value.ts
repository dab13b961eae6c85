/** The built-in types whose values become samples (OPC 10000-6, clause 5.1.2); all others are `other`. */
export type RawType =
  | 'null'
  | 'boolean'
  | 'number'
  | 'int64'
  | 'uint64'
  | 'string'
  | 'date'
  | 'localized-text'
  | 'other';

/** A value as a server sent it, free of the classes of the library that received it. */
export interface RawValue {
  /** Status code, 32 bits. */
  code: number;
  type: RawType;
  isArray: boolean;
  /** By type: number, [high, low] words of a 64-bit integer, Date…; for an array an array or a typed array of them. */
  value: unknown;
  /** Epoch milliseconds, may have a fraction. */
  sourceTime?: number;
  serverTime?: number;
}
