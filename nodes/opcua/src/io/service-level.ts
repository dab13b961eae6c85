import type { Clock, Timer } from '@bulkhead/core';
import { AttributeIds, coerceNodeId } from 'node-opcua-client';
import type { RawSession } from './raw-session.ts';

const SERVICE_LEVEL = 'i=2267';
/** From here on a server has all its data; below it is degraded, and less able than another (OPC 10000-4, 6.6.2.4.2). */
const healthy = 200;

export interface ServiceLevelOptions {
  session: Pick<RawSession, 'read'>;
  everyMs: number;
  clock: Clock;
  onFall(level: number): void;
}

/**
 * Looks at how able one of several redundant servers is, until the returned function is called. Only a fall is told: one
 * that was degraded from the start may still be the best there is.
 */
export function watchServiceLevel({ session, everyMs, clock, onFall }: ServiceLevelOptions): () => void {
  let wasHealthy = false;
  let timer: Timer | undefined;
  let isOver = false;

  const look = async (): Promise<void> => {
    const answer = await session.read({ nodeId: coerceNodeId(SERVICE_LEVEL), attributeId: AttributeIds.Value }, 0);
    const level: unknown = answer.statusCode.isGood() ? answer.value?.value : undefined;
    if (isOver || typeof level !== 'number') return;
    if (wasHealthy && level < healthy) onFall(level);
    wasHealthy = level >= healthy;
  };
  const next = (): void => {
    if (isOver) return;
    timer = clock.setTimeout(() => {
      // A connection that is gone is noticed elsewhere.
      look().then(next, next);
    }, everyMs);
  };
  look().then(next, next);
  return () => {
    isOver = true;
    timer?.cancel();
  };
}
