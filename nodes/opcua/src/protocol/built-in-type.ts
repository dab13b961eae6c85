/** The built-in types in the order of their numbers, which begin with 1 (OPC 10000-6, clause 5.1.2). */
export const builtInTypes = [
  'Boolean',
  'SByte',
  'Byte',
  'Int16',
  'UInt16',
  'Int32',
  'UInt32',
  'Int64',
  'UInt64',
  'Float',
  'Double',
  'String',
  'DateTime',
  'Guid',
  'ByteString',
  'XmlElement',
  'NodeId',
  'ExpandedNodeId',
  'StatusCode',
  'QualifiedName',
  'LocalizedText',
  'ExtensionObject',
  'DataValue',
  'Variant',
  'DiagnosticInfo',
] as const;

export type BuiltInType = (typeof builtInTypes)[number];

/** Abstract types above Number, whose values come in a Variant that says what they are (OPC 10000-5, clause 12.2). */
const ABSTRACT_NUMBERS: ReadonlySet<number> = new Set([24, 26, 27, 28]);

/** The built-in type of a data type of namespace 0; 29, Enumeration, is sent as Int32. */
export function builtInTypeOf(identifier: number): BuiltInType | undefined {
  if (ABSTRACT_NUMBERS.has(identifier)) return 'Variant';
  return identifier === 29 ? 'Int32' : builtInTypes[identifier - 1];
}

/** Values that a whole number type can hold. */
export const wholeNumberRanges = {
  SByte: [-128n, 127n],
  Byte: [0n, 255n],
  Int16: [-32_768n, 32_767n],
  UInt16: [0n, 65_535n],
  Int32: [-2_147_483_648n, 2_147_483_647n],
  UInt32: [0n, 4_294_967_295n],
  Int64: [-9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n],
  UInt64: [0n, 18_446_744_073_709_551_615n],
} as const satisfies Partial<Record<BuiltInType, readonly [bigint, bigint]>>;

export type WholeNumberType = keyof typeof wholeNumberRanges;

export function isWholeNumberType(type: BuiltInType): type is WholeNumberType {
  return Object.hasOwn(wholeNumberRanges, type);
}
