/**
 * This compartment's copy of the global context: reads are local and synchronous, writes go to the supervisor, which
 * orders them per key and tells everybody. Last writer wins.
 *
 * clean ──set──▶ dirty ──flush──▶ under way ──echo of each write──▶ clean
 *
 * While a key is dirty or has writes under way, what others wrote is not taken: the supervisor has ordered it before
 * ours, or ours before it, and then it comes behind our echo. A new connection makes every key under way dirty again.
 */
import type { Clock, Timer } from '@bulkhead/core';
import type { GlobalEntry } from '../../protocol/messages.ts';

export interface GlobalWrite {
  readonly store: string;
  readonly key: string;
  /** Version of the value that this write replaces, as far as this compartment knows; 0 for none. */
  readonly base: number;
  /** Undefined: deleted. */
  readonly value: unknown;
}

export interface ReplicaPorts {
  readonly clock: Clock;
  /** Serialised size of a value in bytes; null when it cannot be copied to another process. */
  sizeOf(value: unknown): number | null;
  /** False while not connected. */
  send(write: GlobalWrite): boolean;
  /** One line, once per key and cause. */
  warn(line: string): void;
}

/** A write waits this long for others to the same key: a loop of a million writes becomes a hundred a second. */
const gatherMs = 10;
const bytesPerSecond = 8 * 1024 * 1024;
export const maxValueBytes = 1024 * 1024;

/** The live values of one context store, by top-level key. */
export type Values = Record<string, unknown>;

interface KeyState {
  version: number;
  dirty: boolean;
  /** Writes that were sent and whose echo has not come. */
  underWay: number;
}

export class GlobalReplica {
  readonly #ports: ReplicaPorts;
  readonly #stores = new Map<string, { readonly values: Values; readonly keys: Map<string, KeyState> }>();
  readonly #warned = new Set<string>();
  /** The first snapshot comes before the runtime has made its stores. */
  readonly #early: GlobalEntry[] = [];
  #timer: Timer | null = null;

  constructor(ports: ReplicaPorts) {
    this.#ports = ports;
  }

  /** `values` is the object that the store itself reads and writes. */
  addStore(name: string, values: Values): void {
    this.#stores.set(name, { values, keys: new Map() });
    this.apply(this.#early.filter((entry) => entry.store === name));
  }

  /** A node of this compartment wrote below this top-level key. */
  wrote(store: string, key: string): void {
    const state = this.#state(store, key);
    if (!state) return;
    state.dirty = true;
    this.#flushIn(gatherMs);
  }

  /** The supervisor says what is true now; an entry without a value is the echo of a write of this compartment. */
  apply(entries: readonly GlobalEntry[]): void {
    for (const entry of entries) {
      const state = this.#state(entry.store, entry.key);
      const values = this.#stores.get(entry.store)?.values;
      if (!state || !values) {
        this.#early.push(entry);
        continue;
      }
      if (!('value' in entry)) {
        state.underWay = Math.max(0, state.underWay - 1);
        state.version = entry.version;
      } else if (!state.dirty && state.underWay === 0 && entry.version > state.version) {
        state.version = entry.version;
        if (entry.value === undefined) delete values[entry.key];
        else values[entry.key] = entry.value;
      }
    }
  }

  /** A connection is there (again): what the last one may have lost is sent again. */
  connected(): void {
    for (const { keys } of this.#stores.values()) {
      for (const state of keys.values()) {
        state.dirty ||= state.underWay > 0;
        state.underWay = 0;
      }
    }
    this.#flushIn(0);
  }

  /** Everything that came from the supervisor or was confirmed by it, for one that was started anew. */
  known(): { readonly store: string; readonly key: string; readonly version: number; readonly value: unknown }[] {
    return [...this.#stores].flatMap(([store, { values, keys }]) =>
      [...keys].flatMap(([key, { version, dirty, underWay }]) =>
        version > 0 && !dirty && underWay === 0 ? [{ store, key, version, value: values[key] }] : [],
      ),
    );
  }

  stop(): void {
    this.#timer?.cancel();
    this.#flush();
  }

  #state(store: string, key: string): KeyState | undefined {
    const keys = this.#stores.get(store)?.keys;
    if (!keys) return undefined;
    let state = keys.get(key);
    if (!state) {
      state = { version: 0, dirty: false, underWay: 0 };
      keys.set(key, state);
    }
    return state;
  }

  #flushIn(delayMs: number): void {
    this.#timer ??= this.#ports.clock.setTimeout(() => {
      this.#timer = null;
      const bytes = this.#flush();
      // What is left over because of the quota goes later; a set-loop of large values floods nobody.
      if (bytes > 0) this.#flushIn(Math.max(gatherMs, (bytes / bytesPerSecond) * 1000));
    }, delayMs);
  }

  /** Sends what is dirty; returns the bytes of it. */
  #flush(): number {
    let bytes = 0;
    for (const [store, { values, keys }] of this.#stores) {
      for (const [key, state] of keys) {
        if (!state.dirty) continue;
        const size = this.#copyable(store, key, values[key]);
        if (size === null) {
          state.dirty = false;
        } else if (this.#ports.send({ store, key, base: state.version, value: values[key] })) {
          state.dirty = false;
          state.underWay += 1;
          bytes += size;
        }
      }
    }
    return bytes;
  }

  #copyable(store: string, key: string, value: unknown): number | null {
    const size = value === undefined ? 1 : this.#ports.sizeOf(value);
    if (size === null)
      this.#warnOnce(store, key, 'holds something that cannot be copied, such as a function or a socket');
    else if (size > maxValueBytes) this.#warnOnce(store, key, `is larger than ${maxValueBytes / 1024} kB`);
    else return size;
    return null;
  }

  #warnOnce(store: string, key: string, what: string): void {
    const id = `${store}:${key}:${what}`;
    if (this.#warned.has(id)) return;
    this.#warned.add(id);
    this.#ports.warn(`global.${key} ${what}: it stays in this tab's process, other tabs do not see it`);
  }
}
