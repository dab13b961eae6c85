import { BulkheadError } from '../error.ts';
import { isSourceTime, isWaveform, type SampleBody, type SampleValue } from '../sample.ts';
import { isInteger64, numberText } from './integer.ts';

export type PayloadForm = 'strict' | 'extended';

/**
 * The JSON text of a sample.
 * `strict`: exactly timestamp_ms and value; quality, unit and address travel beside it. It cannot carry null.
 * `extended`: with quality, and unit and address where the sample has them.
 * An array value is written as a waveform in either form (quality and unit only in `extended`).
 * timestamp_ms is the whole millisecond at or before sourceTime, so that no sample moves into the next window.
 * @throws BulkheadError `payload-not-encodable` for what JSON cannot say: NaN, infinities, integers beyond 64 bits,
 *   null in strict form, an empty waveform or one without stepUs, a time that no Date can hold.
 */
export function encodePayload(sample: SampleBody, form: PayloadForm): string {
  const { value, quality, sourceTime, unit, address } = sample;
  if (!isSourceTime(sourceTime)) throw notEncodable('the source time is beyond the range of a date');
  const time = `{"timestamp_ms":${numberText(Math.floor(sourceTime) + 0)}`;
  if (isWaveform(value)) return `${time},${waveformText(value, sample.stepUs)}${tail(form, { quality, unit })}}`;
  if (value === null && form === 'strict') throw notEncodable('the strict form has no null: send it extended');
  return `${time},"value":${valueText(value)}${tail(form, { quality, unit, address })}}`;
}

function tail(form: PayloadForm, members: Readonly<Record<string, string | undefined>>): string {
  if (form === 'strict') return '';
  let text = '';
  for (const [key, member] of Object.entries(members)) {
    if (member !== undefined) text += `,"${key}":${JSON.stringify(member)}`;
  }
  return text;
}

function waveformText(points: readonly number[], stepUs: number | undefined): string {
  if (points.length === 0) throw notEncodable('a waveform needs at least one point');
  if (stepUs === undefined || !(stepUs > 0) || !Number.isFinite(stepUs)) {
    throw notEncodable('a waveform needs a stepUs above 0');
  }
  return `"step_us":${numberText(stepUs)},"values":[${points.map(finiteText).join(',')}]`;
}

function valueText(value: Exclude<SampleValue, readonly number[]>): string {
  if (typeof value === 'number') return finiteText(value);
  if (typeof value !== 'bigint') return JSON.stringify(value);
  if (!isInteger64(value)) throw notEncodable('the integer does not fit 64 bits');
  return String(value);
}

function finiteText(value: number): string {
  if (!Number.isFinite(value)) throw notEncodable(`${value} has no JSON form: send null with quality bad`);
  return numberText(value);
}

function notEncodable(what: string): BulkheadError {
  return new BulkheadError('payload-not-encodable', what);
}
