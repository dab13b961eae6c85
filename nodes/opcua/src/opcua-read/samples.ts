import type { Sample } from '@bulkhead/core';
import { decodeValue } from '../protocol/decode.ts';
import type { RawValue } from '../protocol/raw-value.ts';
import { qualityOf } from '../protocol/status-code.ts';
import type { OpcuaTag } from './config.ts';

function baseOf(tag: OpcuaTag, sourceTime: number): Omit<Sample, 'value' | 'quality'> {
  const { topic, unit, nodeId } = tag;
  return { topic, sourceTime, address: nodeId, ...(unit === undefined ? {} : { unit }) };
}

/** One reading as the server gave it; a value that is not usable is null and bad, and its code says why. */
export function sampleOf(tag: OpcuaTag, raw: RawValue, now: number): Sample {
  const base = baseOf(tag, raw.sourceTime ?? raw.serverTime ?? now);
  const quality = qualityOf(raw.code);
  if (quality === 'bad') return { ...base, value: null, quality, code: raw.code };
  const decoded = decodeValue(raw, tag);
  if (!decoded.ok) return { ...base, value: null, quality: 'bad', code: decoded.code };
  const step = raw.isArray && tag.stepUs !== undefined ? { stepUs: tag.stepUs } : {};
  return { ...base, value: decoded.value, quality, code: raw.code, ...step };
}

/** For an item that the server does not monitor. */
export function badSample(tag: OpcuaTag, code: number, now: number): Sample {
  return { ...baseOf(tag, now), value: null, quality: 'bad', code };
}

/** The last value of a tag, once more, for a connection that was lost. */
export function staleSample(tag: OpcuaTag, last: Sample | undefined, sourceTime: number): Sample {
  return {
    ...baseOf(tag, sourceTime),
    value: last?.value ?? null,
    quality: 'stale',
    code: 'disconnected',
    ...(last?.stepUs === undefined ? {} : { stepUs: last.stepUs }),
  };
}
