import type { Sample } from '@bulkhead/core';
import type { RawValue } from '../protocol/raw-value.ts';
import type { OpcuaTag } from './config.ts';
import { sampleOf, staleSample } from './samples.ts';

/** What is known of each tag, by its index in the tag table. */
export interface TagStates {
  /** Notes a sample that is about to be emitted. */
  keep(index: number, sample: Sample): void;
  /** The stale samples of an outage, at the server's time; none for a tag that is stale already. */
  goStale(serverNow: number): Sample[];
  /** Tags for which nothing newer than their stale sample has come. */
  stale(): number[];
  /**
   * What a read after an outage says of a stale tag: its value, with the time at which the server confirmed it. None
   * when a newer value came by itself meanwhile, or is on its way.
   */
  confirm(index: number, raw: RawValue, serverNow: number): Sample | undefined;
  /** Tags whose last sample was bad. */
  badCount(): number;
}

export function createTagStates(tags: readonly OpcuaTag[]): TagStates {
  const last = new Map<number, Sample>();
  const bad = new Set<number>();
  const staleSince = new Map<number, number>();

  const keep = (index: number, sample: Sample): void => {
    if (sample.quality === 'bad') bad.add(index);
    else bad.delete(index);
    if (sample.value !== null) last.set(index, sample);
    const since = staleSince.get(index);
    if (since !== undefined && sample.sourceTime > since) staleSince.delete(index);
  };

  return {
    keep,
    goStale(serverNow) {
      const samples: Sample[] = [];
      for (const [index, tag] of tags.entries()) {
        if (staleSince.has(index)) continue;
        const known = bad.has(index) ? undefined : last.get(index);
        const sourceTime = Math.max(serverNow, (known?.sourceTime ?? 0) + 1);
        staleSince.set(index, sourceTime);
        samples.push(staleSample(tag, known, sourceTime));
      }
      return samples;
    },
    stale: () => [...staleSince.keys()],
    confirm(index, raw, serverNow) {
      const [tag, since] = [tags[index], staleSince.get(index)];
      if (tag === undefined || since === undefined) return undefined;
      if (raw.sourceTime !== undefined && raw.sourceTime > since) return undefined;
      // Some servers give the time at which the value was written here.
      const serverTime = raw.serverTime ?? since;
      const sourceTime = serverTime > since ? serverTime : Math.max(serverNow, since + 1);
      const sample = { ...sampleOf(tag, raw, serverNow), sourceTime };
      keep(index, sample);
      return sample;
    },
    badCount: () => bad.size,
  };
}
