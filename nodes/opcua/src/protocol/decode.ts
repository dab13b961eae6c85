import type { SampleValue } from '@bulkhead/core';
import type { RawValue } from './raw-value.ts';

export interface Scaling {
  /** Value in engineering units = raw × scale. */
  scale: number;
  /** Microseconds between the points of an array. */
  stepUs?: number;
}

/** Why a value that its server calls good is none for us. */
export type NoValueCode = 'no-value' | 'not-a-number' | 'no-step' | 'unsupported-type';

export type Decoded = { ok: true; value: Exclude<SampleValue, null> } | { ok: false; code: NoValueCode };

function finite(value: number): Decoded {
  return Number.isFinite(value) ? { ok: true, value } : { ok: false, code: 'not-a-number' };
}

function isWordPair(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((word) => typeof word === 'number');
}

/** 64-bit integers come as their high and low 32 bits. */
function integer64(value: unknown, isSigned: boolean): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (!isWordPair(value)) return undefined;
  const bits = (BigInt(value[0] >>> 0) << 32n) | BigInt(value[1] >>> 0);
  return isSigned ? BigInt.asIntN(64, bits) : bits;
}

function scalar({ type, value }: RawValue, scale: number): Decoded {
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean' ? { ok: true, value } : { ok: false, code: 'no-value' };
    case 'number':
      return typeof value === 'number' ? finite(value * scale) : { ok: false, code: 'no-value' };
    case 'int64':
    case 'uint64': {
      const exact = integer64(value, type === 'int64');
      if (exact === undefined) return { ok: false, code: 'no-value' };
      return scale === 1 ? { ok: true, value: exact } : finite(Number(exact) * scale);
    }
    case 'string':
      return typeof value === 'string' ? { ok: true, value } : { ok: false, code: 'no-value' };
    case 'date':
      return value instanceof Date && Number.isFinite(value.getTime())
        ? { ok: true, value: value.toISOString() }
        : { ok: false, code: 'no-value' };
    case 'localized-text': {
      const text: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'text') : undefined;
      return typeof text === 'string' ? { ok: true, value: text } : { ok: false, code: 'no-value' };
    }
    case 'null':
      return { ok: false, code: 'no-value' };
    case 'other':
      return { ok: false, code: 'unsupported-type' };
  }
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

function waveform(raw: RawValue, { scale, stepUs }: Scaling): Decoded {
  if (raw.type !== 'number') return { ok: false, code: 'unsupported-type' };
  if (!isIterable(raw.value)) return { ok: false, code: 'no-value' };
  if (stepUs === undefined) return { ok: false, code: 'no-step' };
  const points: number[] = [];
  for (const point of raw.value) {
    const scaled = typeof point === 'number' ? point * scale : Number.NaN;
    if (!Number.isFinite(scaled)) return { ok: false, code: 'not-a-number' };
    points.push(scaled);
  }
  return points.length === 0 ? { ok: false, code: 'no-value' } : { ok: true, value: points };
}

/**
 * The value in engineering units. Arrays of numbers are waveforms and need their step. What is no value says why: it
 * must never pass for a good one.
 */
export function decodeValue(raw: RawValue, scaling: Scaling): Decoded {
  return raw.isArray ? waveform(raw, scaling) : scalar(raw, scaling.scale);
}
