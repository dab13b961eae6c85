import { base64Of } from '../protocol/base64.ts';
import { decodeStructure } from '../protocol/decode-structure.ts';
import type { WireElement, WireValue } from '../protocol/encode.ts';
import { flattenMatrix } from '../protocol/matrix.ts';
import type { PlainValue } from '../protocol/plain-value.ts';
import { isPlainArray, isPlainObject } from '../protocol/plain-value.ts';
import { plainValueOf } from '../protocol/plain-value-of.ts';
import type { RawValue } from '../protocol/raw-value.ts';
import type { TypeLookup } from '../protocol/structure-type.ts';

function plainElement(value: WireElement, type: WireValue['type'], types: TypeLookup): PlainValue {
  if (typeof value === 'number' && type === 'Float') return Math.fround(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return base64Of(value);
  if (!('bytes' in value)) return value.text;
  const decoded = decodeStructure(value, types, 'number');
  return decoded.ok ? decoded.value : null;
}

function isSame(a: PlainValue, b: PlainValue): boolean {
  if (isPlainArray(a))
    return isPlainArray(b) && a.length === b.length && a.every((each, at) => isSame(each, b[at] ?? null));
  if (isPlainArray(b)) return false;
  if (isPlainObject(a) && isPlainObject(b)) {
    const [mine, theirs] = [Object.entries(a), b];
    return mine.length === Object.keys(b).length && mine.every(([name, each]) => isSame(each, theirs[name] ?? null));
  }
  return Object.is(a, b) || a === b;
}

function isList(value: WireValue['value']): value is readonly WireElement[] {
  return Array.isArray(value);
}

/** Whether what was written is what is there. */
export function isHeld({ type, value, isArray }: WireValue, held: RawValue, types: TypeLookup): boolean {
  const plain = plainValueOf({ ...held, types }, { enums: 'number' });
  if (!plain.ok) return false;
  const wanted = (isList(value) ? value : [value]).map((each) => plainElement(each, type, types));
  if (!isArray) return isSame(wanted[0] ?? null, plain.value);
  const flat = flattenMatrix(plain.value, held.dimensions?.length ?? 1);
  return (
    flat !== undefined &&
    flat.values.length === wanted.length &&
    wanted.every((each, at) => isSame(each, asPlain(flat.values[at])))
  );
}

function asPlain(value: unknown): PlainValue {
  const plain = plainValueOf({ code: 0, type: 'plain', isArray: false, value }, { enums: 'number' });
  return plain.ok ? plain.value : null;
}
