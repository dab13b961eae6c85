import type { SourceView, Traffic } from '@bulkhead/node-kit';
import type { LinkState } from '../opcua-connection/link.ts';

export interface SubscriberState {
  isStopped: boolean;
  state: LinkState;
  now: number;
  traffic: Traffic;
  badTags: number;
  tags: number;
  heardAt: number | undefined;
}

/** A server that was heard within this is there, and only has nothing new. */
const aliveMs = 30_000;

export function subscriberView({
  isStopped,
  state,
  now,
  traffic,
  badTags,
  tags,
  heardAt,
}: SubscriberState): SourceView {
  if (isStopped) return { kind: 'stopped' };
  const ageMs = traffic.ageMs();
  const age = ageMs === undefined ? {} : { ageMs };
  if (state.kind === 'waiting') return { kind: 'retrying', retryInMs: state.retryAt - now, ...age };
  if (state.kind !== 'connected') return { kind: 'connecting' };
  const troubles = traffic.recentTroubles();
  if (badTags > 0) troubles.unshift({ key: 'bad', count: badTags });
  return {
    kind: 'receiving',
    tags,
    perSecond: traffic.perSecond(),
    ...age,
    isAlive: heardAt !== undefined && now - heardAt < aliveMs,
    troubles,
  };
}
