import type { LinkState } from '../link-state.ts';
import type { SourceView } from './source-status.ts';
import type { Traffic } from './traffic.ts';

export interface ReaderState {
  isStopped: boolean;
  state: LinkState;
  now: number;
  traffic: Traffic;
  badTags: number;
  tags: number;
  /** Of its poll groups. */
  fastestMs: number;
}

/** Silence is shown from here on, however fast the tags are read. */
const shortestSilenceMs = 3_000;

export function readerView({ isStopped, state, now, traffic, badTags, tags, fastestMs }: ReaderState): SourceView {
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
    silentFromMs: Math.max(shortestSilenceMs, 2.5 * fastestMs),
    isAlive: false,
    troubles,
  };
}
