import type { LinkState } from '../link-state.ts';
import type { PollReader } from './poll-reader.ts';
import type { Traffic } from './traffic.ts';

/** What a node that reads tells of itself from time to time; a palette adds what only it knows. */
export interface Diagnostics {
  connection: LinkState['kind'];
  /** Since the start. */
  reconnects: number;
  overruns: number;
  /** What was refused as a whole and read again in smaller parts. */
  retries: number;
  tags: number;
  valuesPerSecond: number;
  /** Since the last report; 0 when there was none. */
  cycles: number;
  cycleMs: number;
  cycleMaxMs: number;
  /** Milliseconds since the last value; -1 when there was none. */
  lastValueMs: number;
}

export function diagnose(
  reader: Pick<PollReader, 'times' | 'tags'>,
  link: { readonly state: LinkState; readonly reconnects: number },
  traffic: Traffic,
): Diagnostics {
  const times = reader.times.take();
  return {
    connection: link.state.kind,
    reconnects: link.reconnects,
    overruns: traffic.total('overrun'),
    retries: traffic.total('retry'),
    tags: reader.tags.length,
    valuesPerSecond: Math.round(traffic.perSecond()),
    cycles: times?.count ?? 0,
    cycleMs: Math.round(times?.meanMs ?? 0),
    cycleMaxMs: times?.maxMs ?? 0,
    lastValueMs: traffic.ageMs() ?? -1,
  };
}
