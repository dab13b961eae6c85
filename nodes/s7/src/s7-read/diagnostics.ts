import type { Traffic } from '@bulkhead/node-kit';
import type { Link } from '../s7-connection/link.ts';
import type { Reader } from './reader.ts';

export interface Diagnostics {
  connection: Link['state']['kind'];
  /** Bytes of a message that the PLC agreed to; 0 without a connection. */
  pduBytes: number;
  /** Since the start. */
  reconnects: number;
  overruns: number;
  /** Blocks that were read again in smaller ones. */
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
  reader: Pick<Reader, 'times' | 'tags'>,
  link: Pick<Link, 'state' | 'reconnects'>,
  traffic: Traffic,
): Diagnostics {
  const times = reader.times.take();
  const { state } = link;
  return {
    connection: state.kind,
    pduBytes: state.kind === 'connected' ? state.agreement.pduBytes : 0,
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
