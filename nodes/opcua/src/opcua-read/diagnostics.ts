import { type CycleTimes, type Traffic } from '@bulkhead/node-kit';
import type { LinkState } from '../opcua-connection/link.ts';
import type { Subscriber } from './subscriber.ts';

/** What an `opcua-read` tells of itself from time to time. */
export interface Diagnostics {
  connection: LinkState['kind'];
  /** Since the start. */
  reconnects: number;
  tags: number;
  badTags: number;
  valuesPerSecond: number;
  /** Queues of the server that were too short, and notifications that never came. */
  overflows: number;
  missed: number;
  /** Milliseconds that the server took to take up the tags; -1 before it did. */
  subscribeMs: number;
  /** Polling only, since the last report. */
  cycles: number;
  cycleMs: number;
  cycleMaxMs: number;
  overruns: number;
  /** Requests that the server found too large, and that were sent again in parts. */
  retries: number;
  /** Milliseconds since the last value; -1 when there was none. */
  lastValueMs: number;
}

export interface DiagnosticsOf {
  subscriber: Pick<Subscriber, 'tags' | 'badTags' | 'subscribeMs'>;
  state: LinkState;
  reconnects: number;
  traffic: Traffic;
  times?: CycleTimes;
}

export function diagnose({ subscriber, state, reconnects, traffic, times }: DiagnosticsOf): Diagnostics {
  const cycles = times?.take();
  return {
    connection: state.kind,
    reconnects,
    tags: subscriber.tags.length,
    badTags: subscriber.badTags,
    valuesPerSecond: Math.round(traffic.perSecond()),
    overflows: traffic.total('overflow'),
    missed: traffic.total('missed'),
    subscribeMs: subscriber.subscribeMs ?? -1,
    cycles: cycles?.count ?? 0,
    cycleMs: Math.round(cycles?.meanMs ?? 0),
    cycleMaxMs: cycles?.maxMs ?? 0,
    overruns: traffic.total('overrun'),
    retries: traffic.total('retry'),
    lastValueMs: traffic.ageMs() ?? -1,
  };
}
