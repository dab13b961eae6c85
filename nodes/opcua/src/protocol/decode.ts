import type { SampleValue } from '@bulkhead/core';
import { plainValueOf } from './plain-value-of.ts';
import type { RawValue } from './raw-value.ts';
import { integer64, isIterable, isoTime } from './raw-parts.ts';
import { type EnumForm, enumValue } from './decode-structure.ts';
import type { EnumType } from './structure-type.ts';
import { isPlainArray, isPlainObject, type PlainValue } from './plain-value.ts';

export interface Scaling {
  /** Value in engineering units = raw × scale + offset. */
  scale: number;
  offset: number;
  /** Microseconds between the points of an array. */
  stepUs?: number;
}

export interface EnumShape {
  /** Names of the numbers, where the tag is of an enumeration. */
  names?: EnumType;
  enums: EnumForm;
}

/** Why a value that its server calls good is none for us. */
export type NoValueCode =
  | 'no-value'
  | 'not-a-number'
  | 'unsupported-type'
  /** A structure whose type the server does not tell. */
  | 'unknown-type'
  /** A structure whose bytes are not those of its type. */
  | 'garbled'
  /** Too many to be tags of their own. */
  | 'too-many-fields';

export type Decoded = { ok: true; value: Exclude<SampleValue, null> } | { ok: false; code: NoValueCode };

function finite(value: number): Decoded {
  return Number.isFinite(value) ? { ok: true, value } : { ok: false, code: 'not-a-number' };
}

const noValue: Decoded = { ok: false, code: 'no-value' };

function scaled(value: number, { scale, offset }: Scaling): Decoded {
  return finite(scale === 1 && offset === 0 ? value : value * scale + offset);
}

/** A single value in engineering units. What is no value says why: it must never pass for a good one. Never throws. */
export function decodeScalar({ type, value }: RawValue, scaling: Scaling): Decoded {
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean' ? { ok: true, value } : noValue;
    case 'number':
      return typeof value === 'number' ? scaled(value, scaling) : noValue;
    case 'int64':
    case 'uint64': {
      const exact = integer64(value, type === 'int64');
      if (exact === undefined) return noValue;
      return scaling.scale === 1 && scaling.offset === 0 ? { ok: true, value: exact } : scaled(Number(exact), scaling);
    }
    case 'string':
      return typeof value === 'string' ? { ok: true, value } : noValue;
    case 'date': {
      const text = isoTime(value);
      return text === undefined ? noValue : { ok: true, value: text };
    }
    case 'localized-text': {
      const text: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'text') : undefined;
      return typeof text === 'string' ? { ok: true, value: text } : noValue;
    }
    case 'null':
      return noValue;
    case 'structure':
    case 'plain':
    case 'other':
      return { ok: false, code: 'unsupported-type' };
  }
}

/** An array of numbers as one value. A point that is no number makes all of it none: there is no half a waveform. */
export function decodeWaveform(raw: RawValue, scaling: Scaling): Decoded {
  if (raw.type !== 'number' || !raw.isArray) return { ok: false, code: 'unsupported-type' };
  if ((raw.dimensions ?? []).filter((size) => size !== 1).length > 1) return { ok: false, code: 'unsupported-type' };
  if (!isIterable(raw.value)) return noValue;
  const points: number[] = [];
  for (const point of raw.value) {
    const value = typeof point === 'number' ? point * scaling.scale + scaling.offset : Number.NaN;
    if (!Number.isFinite(value)) return { ok: false, code: 'not-a-number' };
    points.push(value);
  }
  return points.length === 0 ? noValue : { ok: true, value: points };
}

/** One value of a structure, an array or a matrix, named by the way to it. */
export interface Leaf {
  path: readonly string[];
  decoded: Decoded;
}

/** More than this are no tags, but a value that should be taken as a whole or as a waveform. */
export const mostLeaves = 1_000;

export type DecodedLeaves = { ok: true; leaves: Leaf[] } | { ok: false; code: NoValueCode };

function decodeLeaf(value: PlainValue, scaling: Scaling): Decoded {
  if (value === null || typeof value === 'object') return noValue;
  if (typeof value === 'number') return scaled(value, scaling);
  if (typeof value !== 'bigint') return { ok: true, value };
  return scaling.scale === 1 && scaling.offset === 0 ? { ok: true, value } : scaled(Number(value), scaling);
}

/** Each single value in a structure, an array or a matrix. Never throws. */
export function decodeLeaves(raw: RawValue, scaling: Scaling, shape: EnumShape): DecodedLeaves {
  const plain = plainValueOf(raw, shape);
  if (!plain.ok) return plain;
  const leaves: Leaf[] = [];
  const visit = (value: PlainValue, path: readonly string[]): boolean => {
    if (leaves.length > mostLeaves) return false;
    if (isPlainArray(value)) return value.every((element, index) => visit(element, [...path, String(index)]));
    if (isPlainObject(value)) return Object.entries(value).every(([name, field]) => visit(field, [...path, name]));
    leaves.push({ path, decoded: decodeLeaf(value, scaling) });
    return leaves.length <= mostLeaves;
  };
  if (!visit(plain.value, [])) return { ok: false, code: 'too-many-fields' };
  return leaves.length === 0 ? { ok: false, code: 'no-value' } : { ok: true, leaves };
}

export type DecodedWhole =
  /** `isWhole` is false when a number in it was none; it is null then. */
  { ok: true; value: Exclude<PlainValue, null>; isWhole: boolean } | { ok: false; code: NoValueCode };

/** A value as it is, structures as objects, matrices as arrays of arrays. Never throws. */
export function decodeWhole(raw: RawValue, scaling: Scaling, shape: EnumShape): DecodedWhole {
  const plain = plainValueOf(raw, shape);
  if (!plain.ok) return plain;
  let isWhole = true;
  const scale = (value: PlainValue): PlainValue => {
    if (isPlainArray(value)) return value.map(scale);
    if (isPlainObject(value))
      return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, scale(field)]));
    const decoded = decodeLeaf(value, scaling);
    if (decoded.ok) return decoded.value;
    if (decoded.code === 'not-a-number') isWhole = false;
    return null;
  };
  // A structure has no scale: its fields are of many units.
  const value = scale(plain.value);
  if (value === null) return { ok: false, code: isWhole ? 'no-value' : 'not-a-number' };
  return { ok: true, value, isWhole };
}

/** The number of an enumeration by its name. */
export function decodeEnum(raw: RawValue, { names, enums }: EnumShape): Decoded {
  if (raw.type !== 'number' || names === undefined || enums !== 'name') return decodeScalar(raw, unscaled);
  if (typeof raw.value !== 'number') return noValue;
  const name = enumValue(raw.value, names, 'name');
  return typeof name === 'string' ? { ok: true, value: name } : noValue;
}

const unscaled: Scaling = { scale: 1, offset: 0 };
