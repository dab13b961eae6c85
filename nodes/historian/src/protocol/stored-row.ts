import type { SampleBody, SampleValue } from '@bulkhead/core';
import type { Row } from '../database.ts';
import { qualityOf } from './quality-number.ts';

/** A row of the sample or the waveform table as what was stored: the same value, of the same type. */
export function bodyOf(row: Row): SampleBody {
  const { us, step_us: stepUs, quality, code } = row;
  const body: SampleBody = { value: valueOf(row), quality: qualityOf(quality), sourceTime: Number(us) / 1_000 };
  if (typeof code === 'string') body.code = code;
  if (typeof stepUs === 'number') body.stepUs = stepUs;
  return body;
}

function valueOf({ value, exact, text, flag, real_points: realPoints, points }: Row): SampleValue {
  if (typeof value === 'number') return value;
  // numeric arrives as text, because a double could not hold it.
  if (typeof exact === 'string') return BigInt(exact);
  if (typeof text === 'string') return text;
  if (typeof flag === 'boolean') return flag;
  // A real is written with the digits that tell it from other reals, which name another double.
  if (Array.isArray(realPoints)) return realPoints.map((point) => Math.fround(Number(point)));
  if (Array.isArray(points)) return points.map(Number);
  return null;
}
