import type { Item } from '../opcua-connection/link.ts';
import type { OpcuaTag } from './config.ts';
import { isBad, newState, type TagState } from './tag-states.ts';

interface Entry {
  state: TagState;
  /** The server's status code for an item that it refuses. */
  refusal?: number;
  sentAt: number;
}

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
  noteSent(handle: number, state: TagState, now: number): void;
  /** Tags whose heartbeat is due. */
  dueHeartbeats(now: number): Array<[number, TagState]>;
  /** Gives the handles of tags that are no longer there. */
  set(tags: readonly OpcuaTag[]): number[];
  /** New handles for all. */
  renew(): void;
}

export function createTagList(first: readonly OpcuaTag[]): TagList {
  let nextHandle = 0;
  let tags = first;
  let entries = new Map<number, Entry>();
  const bad = new Set<number>();

  const add = (tag: OpcuaTag, into: Map<number, Entry>, state = newState(tag)): void => {
    into.set(nextHandle, { state, sentAt: 0 });
    nextHandle += 1;
  };
  for (const tag of tags) add(tag, entries);

  return {
    get tags() {
      return tags;
    },
    items: () => [...entries].map(([handle, { state }]) => ({ handle, request: state.tag })),
    state: (handle) => entries.get(handle)?.state,
    *all() {
      for (const [handle, { state }] of entries) yield [handle, state];
    },
    stale() {
      const handles: number[] = [];
      for (const [handle, { state, refusal }] of entries)
        if (state.staleSince !== undefined && refusal === undefined) handles.push(handle);
      return handles;
    },
    badCount: () => bad.size,
    refuse(handle, code) {
      const entry = entries.get(handle);
      if (entry === undefined || entry.refusal === code) return false;
      entry.refusal = code;
      return true;
    },
    accept(handle) {
      delete entries.get(handle)?.refusal;
    },
    name(handle, names) {
      const state = entries.get(handle)?.state;
      if (state !== undefined) state.tag = { ...state.tag, names: { name: state.tag.topic, names } };
    },
    noteSent(handle, state, now) {
      if (isBad(state)) bad.add(handle);
      else if (bad.size > 0) bad.delete(handle);
      const entry = entries.get(handle);
      if (entry !== undefined) entry.sentAt = now;
    },
    dueHeartbeats(now) {
      const due: Array<[number, TagState]> = [];
      for (const [handle, { state, sentAt }] of entries) {
        const { heartbeatMs } = state.tag;
        if (heartbeatMs !== undefined && state.last.length > 0 && now - sentAt >= heartbeatMs)
          due.push([handle, state]);
      }
      return due;
    },
    set(next) {
      const known = new Map([...entries].map((entry) => [entry[1].state.tag.topic, entry]));
      const now = new Map<number, Entry>();
      for (const tag of next) {
        const kept = known.get(tag.topic);
        if (kept === undefined) add(tag, now);
        else now.set(...kept);
      }
      const gone = [...entries.keys()].filter((handle) => !now.has(handle));
      for (const handle of gone) bad.delete(handle);
      entries = now;
      tags = next;
      return gone;
    },
    renew() {
      const renewed = new Map<number, Entry>();
      for (const { state } of entries.values()) add(state.tag, renewed, state);
      entries = renewed;
      bad.clear();
    },
  };
}
