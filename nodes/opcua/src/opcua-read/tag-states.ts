import type { RawValue } from '../protocol/raw-value.ts';
import type { OpcuaTag } from './config.ts';
import { badReading, type Reading, readingsOf, staleReading } from './readings.ts';

/** What is known of one tag. */
export interface TagState {
  tag: OpcuaTag;
  /** The last reading of each topic: the tag's own, or those of its fields. None before the first. */
  last: readonly Reading[];
  /** Set when it was said to be stale, to the time of that reading; nothing newer has come since. */
  staleSince: number | undefined;
  /** The server's status code while it refuses the item. */
  refusal: number | undefined;
  /** When something of it was sent last, by our clock. */
  sentAt: number;
  /** What was sent last is bad. */
  isBad: boolean;
}

export function newState(tag: OpcuaTag): TagState {
  return { tag, last: [], staleSince: undefined, refusal: undefined, sentAt: 0, isBad: false };
}

/** A value that is bad as a whole, or a structure that lost a field, is bad in each topic that the tag had. */
function complete({ tag, last }: TagState, next: readonly Reading[]): readonly Reading[] {
  const [only] = next;
  if (only === undefined || last.length === 0 || (last.length === 1 && last[0]?.topic === tag.topic)) return next;
  const isWholeBad = next.length === 1 && only.topic === tag.topic && only.quality === 'bad';
  const present = new Set(next.map(({ topic }) => topic));
  const had = last.filter(({ topic }) => topic !== tag.topic && !present.has(topic));
  if (had.length === 0) return next;
  const code = isWholeBad ? only.code : 'absent';
  const { sourceTime } = only;
  const missing = had.map(
    ({ value: _value, stepUs: _stepUs, ...rest }): Reading => ({
      ...rest,
      value: null,
      quality: 'bad',
      ...(code === undefined ? {} : { code }),
      sourceTime,
    }),
  );
  // The tag's own topic says nothing where its fields speak.
  return isWholeBad ? missing : [...next, ...missing];
}

/** Notes a value and gives what it says. */
export function takeValue(state: TagState, raw: RawValue, now: number): readonly Reading[] {
  return note(state, readingsOf(state.tag, raw, now));
}

function note(state: TagState, next: readonly Reading[]): readonly Reading[] {
  const readings = complete(state, next);
  state.last = readings;
  const since = state.staleSince;
  if (since !== undefined && readings.some(({ sourceTime }) => sourceTime > since)) state.staleSince = undefined;
  return readings;
}

/** Notes that the server does not give this tag. */
export function takeRefusal(state: TagState, code: number | string, now: number): readonly Reading[] {
  return note(state, [badReading(state.tag, code, now)]);
}

/** The stale readings of an outage, at the server's time; none for a tag that is stale already. */
export function goStale(state: TagState, serverNow: number): readonly Reading[] {
  if (state.staleSince !== undefined) return [];
  const known = state.last.length > 0 ? state.last : [badReading(state.tag, 'disconnected', serverNow)];
  const sourceTime = Math.max(serverNow, ...known.map((reading) => reading.sourceTime + 1));
  state.staleSince = sourceTime;
  state.last = known.map((reading) => staleReading(reading, sourceTime));
  return state.last;
}

/**
 * What a read after an outage says of a stale tag: its value, with the time at which the server confirmed it. None
 * when a newer value came by itself meanwhile, or is on its way.
 */
export function confirm(state: TagState, raw: RawValue, serverNow: number): readonly Reading[] {
  const since = state.staleSince;
  if (since === undefined) return [];
  if (raw.sourceTime !== undefined && raw.sourceTime > since) return [];
  // Some servers give the time at which the value was written here.
  const serverTime = raw.serverTime ?? since;
  const sourceTime = serverTime > since ? serverTime : Math.max(serverNow, since + 1);
  return takeValue(state, { ...raw, sourceTime }, serverNow);
}
