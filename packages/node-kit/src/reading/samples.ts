import type { Sample, SampleValue } from '@bulkhead/core';
import type { ReadTag } from './read-tag.ts';

/** What every sample of the tag says, whatever was read. */
export function sampleBase(tag: ReadTag, sourceTime: number): Omit<Sample, 'value' | 'quality'> {
  return {
    topic: tag.topic,
    sourceTime,
    address: tag.address,
    ...(tag.unit === undefined ? {} : { unit: tag.unit }),
    ...(tag.waveform === undefined ? {} : { stepUs: tag.waveform.stepUs }),
  };
}

/** Every tag once more with its last value, for a connection that was lost. */
export function staleSamples(
  tags: readonly ReadTag[],
  lastValues: ReadonlyMap<string, SampleValue>,
  sourceTime: number,
): Sample[] {
  return tags.map((tag) => {
    const value = lastValues.get(tag.topic) ?? null;
    const { stepUs, ...base } = sampleBase(tag, sourceTime);
    const isWaveform = Array.isArray(value) && stepUs !== undefined;
    return { ...base, ...(isWaveform ? { stepUs } : {}), value, quality: 'stale', code: 'disconnected' };
  });
}
