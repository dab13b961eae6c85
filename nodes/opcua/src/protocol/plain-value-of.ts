import { decodeStructure, type EnumForm, enumValue } from './decode-structure.ts';
import type { EnumShape, NoValueCode } from './decode.ts';
import { shapeMatrix } from './matrix.ts';
import type { PlainValue } from './plain-value.ts';
import { integer64, isIterable, isoTime } from './raw-parts.ts';
import type { RawValue } from './raw-value.ts';
import type { EncodedStructure, TypeLookup } from './structure-type.ts';

export type PlainResult = { ok: true; value: PlainValue } | { ok: false; code: NoValueCode };

const noTypes: TypeLookup = { byEncoding: () => undefined, byDataType: () => undefined };

function isEncodedStructure(value: unknown): value is EncodedStructure {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'encodingId') === 'string' &&
    Reflect.get(value, 'bytes') instanceof Uint8Array
  );
}

/** What came through the io layer as plain; deep and strange things are none. */
function isPlain(value: unknown, depth = 0): value is PlainValue {
  if (depth > 100) return false;
  if (value === null || ['boolean', 'number', 'bigint', 'string'].includes(typeof value)) return true;
  if (Array.isArray(value)) return value.every((element) => isPlain(element, depth + 1));
  if (typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.values(value).every((field) => isPlain(field, depth + 1));
}

function structureOf(value: unknown, types: TypeLookup, enums: EnumForm): PlainResult {
  if (value === null || value === undefined) return { ok: true, value: null };
  if (!isEncodedStructure(value)) return { ok: false, code: 'unsupported-type' };
  const decoded = decodeStructure(value, types, enums);
  return decoded.ok ? decoded : { ok: false, code: decoded.code };
}

/** One value without scale; what is absent is null. */
function elementOf({ type, types = noTypes }: RawValue, value: unknown, { names, enums }: EnumShape): PlainResult {
  const given = (plain: PlainValue | undefined): PlainResult => ({ ok: true, value: plain ?? null });
  switch (type) {
    case 'boolean':
      return given(typeof value === 'boolean' ? value : null);
    case 'number':
      if (typeof value !== 'number') return given(null);
      return given(names === undefined ? value : enumValue(value, names, enums));
    case 'int64':
    case 'uint64':
      return given(integer64(value, type === 'int64'));
    case 'string':
      return given(typeof value === 'string' ? value : null);
    case 'date':
      return given(isoTime(value));
    case 'localized-text': {
      const text: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'text') : undefined;
      return given(typeof text === 'string' ? text : null);
    }
    case 'structure':
      return structureOf(value, types, enums);
    case 'plain':
      return isPlain(value) ? given(value) : { ok: false, code: 'unsupported-type' };
    case 'null':
      return given(null);
    case 'other':
      return { ok: false, code: 'unsupported-type' };
  }
}

/** A value with all that is in it, without scale. Never throws. */
export function plainValueOf(raw: RawValue, shape: EnumShape): PlainResult {
  if (!raw.isArray) return elementOf(raw, raw.value, shape);
  if (!isIterable(raw.value)) return { ok: false, code: 'no-value' };
  const values: PlainValue[] = [];
  for (const element of raw.value) {
    const plain = elementOf(raw, element, shape);
    if (!plain.ok) return plain;
    values.push(plain.value);
  }
  if (raw.dimensions === undefined) return { ok: true, value: values };
  const shaped = shapeMatrix(values, raw.dimensions);
  return shaped === undefined ? { ok: false, code: 'garbled' } : { ok: true, value: shaped };
}
