import { isWaveform, type Sample } from '../sample.ts';

/** Memory that a waiting sample holds, near enough for a bound: 8 bytes a point, 2 a character, and its objects. */
export function sampleBytes({ topic, value, unit = '', address = '' }: Sample): number {
  const own = typeof value === 'string' ? value.length * 2 : isWaveform(value) ? value.length * 8 : 8;
  return 200 + own + 2 * (topic.length * 2 + unit.length + address.length);
}
