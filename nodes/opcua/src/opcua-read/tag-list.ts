import type { Item } from '../opcua-connection/link.ts';
import type { OpcuaTag } from './config.ts';
import { newState, type TagState } from './tag-states.ts';

/** The tags of a reader by the handles under which their values come; a tag that is added gets a new one. */
export interface TagList {
  readonly tags: readonly OpcuaTag[];
  items(): Item[];
  state(handle: number): TagState | undefined;
  all(): Iterable<[number, TagState]>;
  stale(): number[];
  badCount(): number;
  /** Notes that the server refuses an item; true when that is new. */
  refuse(handle: number, code: number): boolean;
  accept(handle: number): void;
  /** Names of the numbers of an enumeration. */
  name(handle: number, names: ReadonlyMap<number, string>): void;
  /** Notes that something of a tag is sent now. */
  noteSent(state: TagState, now: number): void;
  /** Tags whose heartbeat is due. */
  dueHeartbeats(now: number): TagState[];
  /** Gives the handles of tags that are no longer there. */
  set(tags: readonly OpcuaTag[]): number[];
  /** New handles for all. */
  renew(): void;
}

export function createTagList(first: readonly OpcuaTag[]): TagList {
  let nextHandle = 0;
  let tags = first;
  let entries = new Map<number, TagState>();
  let bad = 0;

  const add = (tag: OpcuaTag, into: Map<number, TagState>, state = newState(tag)): void => {
    into.set(nextHandle, state);
    nextHandle += 1;
  };
  for (const tag of tags) add(tag, entries);

  return {
    get tags() {
      return tags;
    },
    items: () => [...entries].map(([handle, { tag }]) => ({ handle, request: tag })),
    state: (handle) => entries.get(handle),
    all: () => entries,
    stale() {
      const handles: number[] = [];
      for (const [handle, { staleSince, refusal }] of entries)
        if (staleSince !== undefined && refusal === undefined) handles.push(handle);
      return handles;
    },
    badCount: () => bad,
    refuse(handle, code) {
      const state = entries.get(handle);
      if (state === undefined || state.refusal === code) return false;
      state.refusal = code;
      return true;
    },
    accept(handle) {
      const state = entries.get(handle);
      if (state !== undefined) state.refusal = undefined;
    },
    name(handle, names) {
      const state = entries.get(handle);
      if (state !== undefined) state.tag = { ...state.tag, names: { name: state.tag.topic, names } };
    },
    noteSent(state, now) {
      state.sentAt = now;
      let isBad = false;
      for (const { quality } of state.last) if (quality === 'bad') isBad = true;
      if (isBad === state.isBad) return;
      state.isBad = isBad;
      bad += isBad ? 1 : -1;
    },
    dueHeartbeats(now) {
      const due: TagState[] = [];
      for (const state of entries.values()) {
        const { heartbeatMs } = state.tag;
        if (heartbeatMs !== undefined && state.last.length > 0 && now - state.sentAt >= heartbeatMs) due.push(state);
      }
      return due;
    },
    set(next) {
      const known = new Map([...entries].map((entry) => [entry[1].tag.topic, entry]));
      const now = new Map<number, TagState>();
      for (const tag of next) {
        const kept = known.get(tag.topic);
        if (kept === undefined) add(tag, now);
        else now.set(...kept);
      }
      const gone = [...entries.keys()].filter((handle) => !now.has(handle));
      for (const handle of gone) if (entries.get(handle)?.isBad === true) bad -= 1;
      entries = now;
      tags = next;
      return gone;
    },
    renew() {
      const renewed = new Map<number, TagState>();
      for (const state of entries.values()) add(state.tag, renewed, state);
      entries = renewed;
    },
  };
}
