import { createReportByException, type ReportByException } from '@bulkhead/core';
import type { ItemState } from '../opcua-connection/link.ts';
import type { OpcuaTag } from './config.ts';
import type { Reading } from './readings.ts';
import { isSample } from './readings.ts';

/** The deadband in engineering units; nothing when it is one in percent and nobody says of what. */
export function ownThreshold(tag: OpcuaTag, unfiltered: NonNullable<ItemState['unfiltered']>): number | undefined {
  const { deadband } = tag;
  if (deadband === undefined) return undefined;
  if (deadband.kind === 'absolute') return deadband.value * Math.abs(tag.scale);
  const { range } = unfiltered;
  return range === undefined ? undefined : (deadband.value / 100) * Math.abs((range[1] - range[0]) * tag.scale);
}

/** Deadbands of the tags for which their server has none. */
export interface OwnFilters {
  set(handle: number, threshold: number): void;
  forget(handle: number): void;
  keep(handle: number, readings: readonly Reading[]): readonly Reading[];
}

export function createOwnFilters(): OwnFilters {
  /** By topic, as the fields of a structure change each for themselves. */
  const filters = new Map<number, { threshold: number; byTopic: Map<string, ReportByException> }>();

  const filterOf = (own: { threshold: number; byTopic: Map<string, ReportByException> }, topic: string) => {
    const known = own.byTopic.get(topic) ?? createReportByException({ method: 'deadband', threshold: own.threshold });
    own.byTopic.set(topic, known);
    return known;
  };

  return {
    set: (handle, threshold) => void filters.set(handle, { threshold, byTopic: new Map() }),
    forget: (handle) => void filters.delete(handle),
    keep(handle, readings) {
      const own = filters.size === 0 ? undefined : filters.get(handle);
      if (own === undefined) return readings;
      return readings.filter((reading) => !isSample(reading) || filterOf(own, reading.topic).keep(reading));
    },
  };
}
