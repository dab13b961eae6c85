import type { BuiltInType } from './built-in-type.ts';
import { coerce, type Refusal, shown, type WireScalar } from './coerce.ts';
import type { Scaling } from './decode.ts';
import { coerceEnum, encodeStructure } from './encode-structure.ts';
import { flattenMatrix } from './matrix.ts';
import type { EncodedStructure, FieldType, TypeLookup } from './structure-type.ts';

/** What a variable or an argument takes. */
export interface ValueType {
  type: FieldType;
  /** OPC 10000-3, clause 8.6: -3 scalar or array, -2 any, -1 scalar, 0 any array, n dimensions. */
  valueRank: number;
}

/** A value ready for the library. */
export interface WireValue {
  type: BuiltInType;
  isArray: boolean;
  /** Of a matrix, whose values are flat. */
  dimensions?: readonly number[];
  value: WireElement | readonly WireElement[];
}

export type WireElement = WireScalar | EncodedStructure;

export type EncodedValue = { ok: true; value: WireValue } | Refusal;
type EncodedElement = { ok: true; value: WireElement } | Refusal;

const plain: Pick<Scaling, 'scale' | 'offset'> = { scale: 1, offset: 0 };

/** How much a number may be off a whole one by the calculation alone. */
const tolerance = 1e-9;

function unscaled(value: unknown, { scale, offset }: Pick<Scaling, 'scale' | 'offset'>): unknown {
  if (scale === 1 && offset === 0) return value;
  if (typeof value !== 'number' && typeof value !== 'bigint') return value;
  const raw = (Number(value) - offset) / scale;
  const whole = Math.round(raw);
  return Math.abs(raw - whole) <= tolerance * Math.max(1, Math.abs(raw)) ? whole : raw;
}

function wireType(type: FieldType): BuiltInType {
  if (type.kind === 'enum') return 'Int32';
  return type.kind === 'structure' ? 'ExtensionObject' : type.type;
}

/** For a variable that takes any type: what the value is by itself. */
function typeOfValue(value: unknown): BuiltInType {
  switch (typeof value) {
    case 'boolean':
      return 'Boolean';
    case 'bigint':
      return 'Int64';
    case 'number':
      return 'Double';
    default:
      return value instanceof Date ? 'DateTime' : value instanceof Uint8Array ? 'ByteString' : 'String';
  }
}

/** No matrix has more; an array may hold itself. */
const mostDimensions = 10;

function depthOf(value: unknown, depth = 0): number {
  return Array.isArray(value) && depth < mostDimensions ? depthOf(value[0], depth + 1) : depth;
}

/** How many dimensions the value has to have; a refusal when that does not fit the rank. */
function dimensionsOf(value: unknown, valueRank: number): number | undefined {
  const depth = depthOf(value);
  if (valueRank >= 1) return depth === valueRank ? depth : undefined;
  if (valueRank === -1) return depth === 0 ? 0 : undefined;
  if (valueRank === 0) return depth > 0 ? depth : undefined;
  return valueRank === -3 && depth > 1 ? undefined : depth;
}

const rankText = (valueRank: number): string => {
  if (valueRank === -1) return 'a single value';
  return valueRank > 1 ? `a matrix of ${valueRank} dimensions` : valueRank === -3 ? 'a value or an array' : 'an array';
};

/**
 * A value of a message as what the server declares, or why it is none: in the type's range, with all its fields, in its
 * dimensions. Never throws.
 */
export function encodeValue(
  value: unknown,
  { type: declared, valueRank }: ValueType,
  lookup: TypeLookup,
  scaling: Pick<Scaling, 'scale' | 'offset'> = plain,
): EncodedValue {
  const dimensions = dimensionsOf(value, valueRank);
  if (dimensions === undefined) {
    return { ok: false, code: 'wrong-type', reason: `${shown(value)} is not ${rankText(valueRank)}` };
  }
  const flat = dimensions === 0 ? { values: [value], dimensions: [] } : flattenMatrix(value, dimensions);
  if (flat === undefined) return { ok: false, code: 'wrong-type', reason: 'the rows of the matrix differ in length' };
  const isOpen = declared.kind === 'built-in' && declared.type === 'Variant';
  const type: FieldType = isOpen ? { kind: 'built-in', type: typeOfValue(flat.values[0]) } : declared;

  const element = (each: unknown): EncodedElement => {
    if (type.kind === 'structure') {
      const known = lookup.byDataType(type.dataTypeId);
      const reason = `the server does not tell what a ${type.dataTypeId} is`;
      return known === undefined ? { ok: false, code: 'wrong-type', reason } : encodeStructure(each, known, lookup);
    }
    return type.kind === 'enum' ? coerceEnum(each, type.type) : coerce(unscaled(each, scaling), type.type);
  };
  const values: WireElement[] = [];
  for (const [index, each] of flat.values.entries()) {
    const encoded = element(each);
    if (!encoded.ok) return dimensions === 0 ? encoded : { ...encoded, reason: `[${index}]: ${encoded.reason}` };
    values.push(encoded.value);
  }
  const [only = null] = values;
  return {
    ok: true,
    value: {
      type: wireType(type),
      isArray: dimensions > 0,
      ...(dimensions > 1 ? { dimensions: flat.dimensions } : {}),
      value: dimensions === 0 ? only : values,
    },
  };
}
