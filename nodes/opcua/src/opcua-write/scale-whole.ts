import type { PlainValue } from '../protocol/plain-value.ts';
import { isPlainArray } from '../protocol/plain-value.ts';

/** Numbers in engineering units, in arrays too; the fields of a structure have units of their own. */
export function scaleWhole(value: PlainValue, scaling: { scale: number; offset: number }): PlainValue {
  const { scale, offset } = scaling;
  if (scale === 1 && offset === 0) return value;
  if (isPlainArray(value)) return value.map((each) => scaleWhole(each, scaling));
  return typeof value === 'number' || typeof value === 'bigint' ? Number(value) * scale + offset : value;
}
