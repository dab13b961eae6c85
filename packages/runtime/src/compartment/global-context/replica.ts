/**
 * This compartment's copy of the global context: reads are local and synchronous, writes go to the supervisor, which
 * orders them per key and tells everybody. Last writer wins.
 *
 * clean ──set──▶ dirty ──flush──▶ under way ──echo of each write──▶ clean
 *
 * While a key is dirty or has writes under way, what others wrote is not taken: the supervisor has ordered it before
 * ours, or ours before it, and then it comes behind our echo. A new connection makes every key under way dirty again.
 *
 * A value that cannot be shared stays here (`local`), and counts as deleted everywhere else: nobody reads the one that
 * was there before and takes it for the last.
 */
import type { Clock, Timer } from '@bulkhead/core';
import { type GlobalBounds, globalId } from '../../protocol/global-bounds.ts';
import type { GlobalNews } from '../../protocol/messages.ts';
import { Tombstones } from '../../protocol/tombstones.ts';
import type { Copy } from './copy-of.ts';
import { createStays, type Stays } from './stays.ts';
import { Values } from './values.ts';

export interface GlobalWrite {
  readonly store: string;
  readonly key: string;
  /** Version of the value that this write replaces, as far as this compartment knows; 0 for none. */
  readonly base: number;
  /** Null: deleted, or kept here alone. */
  readonly bytes: Uint8Array | null;
}

export type GlobalKnown = Omit<GlobalWrite, 'base'> & { readonly version: number };

export interface ReplicaPorts {
  readonly clock: Clock;
  readonly bounds: GlobalBounds;
  copy(value: unknown): Copy;
  /** False while not connected, or when too much waits. */
  send(write: GlobalWrite): boolean;
  /** To a supervisor that did not know it; as `send`. */
  tell(known: GlobalKnown): boolean;
  /** All was told that it did not know. */
  toldAll(): void;
  /** The node that is at work now. */
  nodeAtWork(): string | undefined;
  /** One line of what stays in this compartment, and the node that wrote it, once per key and cause. */
  warn(line: string, nodeId: string | undefined): void;
}

/** A write waits this long for others to the same key: a loop of a million writes becomes a hundred a second. */
const gatherMs = 10;
const retryMs = 250;
const bytesPerSecond = 8 * 1024 * 1024;
/** Of one flush; then those that wait longest are next, so that large values hold up nobody for long. */
const flushBytes = 256 * 1024;
const bytesAround = 100;

interface KeyState {
  version: number;
  dirty: boolean;
  /** Writes that were sent and whose echo has not come. */
  underWay: number;
  local: boolean;
  /** Who wrote last, of this compartment. */
  nodeId: string | undefined;
}

interface Key {
  readonly store: string;
  readonly key: string;
  readonly state: KeyState;
}

export class GlobalReplica {
  readonly #ports: ReplicaPorts;
  readonly #stores = new Map<string, Values>();
  readonly #keys = new Map<string, Key>();
  readonly #deleted: Tombstones<{ readonly store: string; readonly key: string; readonly version: number }>;
  /** What is to be sent, those that wait longest first. */
  readonly #queue = new Map<string, 'write' | 'tell'>();
  readonly #stays: Stays;
  /** The first snapshot comes before the runtime has made its stores. */
  #early: GlobalNews[] = [];
  /** Told since the connection is there; null once the snapshot is complete. */
  #snapshot: Set<string> | null = new Set();
  #tellsAll = false;
  #timer: Timer | null = null;
  #settled: (() => void)[] = [];

  constructor(ports: ReplicaPorts) {
    this.#ports = ports;
    this.#deleted = new Tombstones(ports.bounds, () => ports.clock.now());
    this.#stays = createStays(ports.bounds, () => ports.clock.now(), ports.warn);
  }

  /** `values` is the object that the store itself reads and writes. */
  addStore(name: string, values: Record<string, unknown>): void {
    this.#stores.set(name, new Values(values));
    const early = this.#early.filter(({ store }) => store === name);
    this.#early = this.#early.filter(({ store }) => store !== name);
    this.apply(early);
  }

  /** A node of this compartment wrote below this top-level key. */
  wrote(store: string, key: string): void {
    if (!this.#stores.has(store)) return;
    const { state } = this.#at(store, key);
    state.dirty = true;
    state.nodeId = this.#ports.nodeAtWork();
    this.#enqueue(globalId(store, key), 'write');
    this.#flushIn(gatherMs);
  }

  /** A connection is there (again): what the last one may have lost is sent again, once this one has told what is. */
  connected(): void {
    this.#snapshot = new Set();
    this.#early = [];
    this.#tellsAll = false;
    for (const [id, { state }] of this.#keys) {
      state.dirty ||= state.underWay > 0;
      state.underWay = 0;
      if (state.dirty) this.#enqueue(id, 'write');
    }
  }

  /** The supervisor says what is true now; one without bytes is the echo of a write of this compartment. */
  apply(entries: readonly GlobalNews[]): void {
    for (const news of entries) {
      const values = this.#stores.get(news.store);
      if (values === undefined) this.#early.push(news);
      else this.#applyOne(news, values);
    }
    this.#tellIfSettled();
  }

  /** The snapshot is over. `complete`: what it does not hold is deleted; else the supervisor may not know of it yet. */
  told(complete: boolean): void {
    const snapshot = this.#snapshot ?? new Set();
    this.#snapshot = null;
    for (const [id, { store, key, state }] of this.#keys) {
      if (snapshot.has(id) || state.dirty || state.version === 0) continue;
      if (!complete) this.#enqueue(id, 'tell');
      else if (!state.local) {
        this.#stores.get(store)?.delete(key);
        this.#keys.delete(id);
      }
    }
    if (!complete) for (const [id] of this.#deleted.entries()) if (!snapshot.has(id)) this.#enqueue(id, 'tell');
    this.#tellsAll = !complete;
    this.#flushIn(0);
  }

  /** Resolves once the supervisor has all that was written here. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#settled.push(resolve);
      this.#tellIfSettled();
    });
  }

  /** Keys and deletions that are remembered. */
  get size(): number {
    return this.#keys.size + this.#deleted.size;
  }

  #at(store: string, key: string): Key {
    const id = globalId(store, key);
    let known = this.#keys.get(id);
    if (known === undefined) {
      const version = this.#deleted.get(id)?.version ?? 0;
      known = { store, key, state: { version, dirty: false, underWay: 0, local: false, nodeId: undefined } };
      this.#keys.set(id, known);
      this.#deleted.delete(id);
    }
    return known;
  }

  #applyOne(news: GlobalNews, values: Values): void {
    const { store, key, version, echoes, bytes, refused } = news;
    const known = this.#at(store, key);
    const { state } = known;
    const id = globalId(store, key);
    if (version >= state.version) {
      this.#snapshot?.add(id);
      if (this.#queue.get(id) === 'tell') this.#queue.delete(id);
    }
    state.underWay = Math.max(0, state.underWay - echoes);
    if (refused !== undefined) {
      state.version = Math.max(version, state.version);
      state.local = true;
      this.#stays.refused(key, refused, store, state.nodeId);
    } else if (bytes === undefined) {
      state.version = version;
    } else if (!state.dirty && state.underWay === 0 && version > state.version) {
      state.version = version;
      state.local = false;
      values.take(key, bytes);
    }
    this.#tidy(id, known);
  }

  /** Of what is deleted only the version is kept, for a while. */
  #tidy(id: string, { store, key, state }: Key): void {
    if (state.dirty || state.underWay > 0 || this.#stores.get(store)?.has(key)) return;
    this.#keys.delete(id);
    if (state.version > 0) this.#deleted.put(id, { store, key, version: state.version });
  }

  #enqueue(id: string, what: 'write' | 'tell'): void {
    if (what === 'write' || !this.#queue.has(id)) this.#queue.set(id, what);
  }

  #flushIn(delayMs: number): void {
    if (this.#timer !== null) return;
    this.#timer = this.#ports.clock.setTimeout(() => {
      this.#timer = null;
      this.#deleted.forgetOld();
      const bytes = this.#flush();
      if (this.#queue.size > 0 || bytes > 0) {
        // What is left over because of the quota goes later; a set-loop of large values floods nobody.
        const quotaMs = (bytes / bytesPerSecond) * 1000;
        this.#flushIn(bytes === 0 ? retryMs : Math.max(gatherMs, quotaMs));
      }
      this.#tellIfSettled();
    }, delayMs);
  }

  /** Sends what waits, up to a bound; returns the bytes of it. */
  #flush(): number {
    let bytes = 0;
    if (this.#snapshot !== null) return bytes;
    for (const [id, what] of this.#queue) {
      if (bytes >= flushBytes) return bytes;
      const sent = what === 'write' ? this.#write(id) : this.#tell(id);
      if (sent === null) return bytes;
      this.#queue.delete(id);
      bytes += sent;
    }
    if (this.#tellsAll) {
      this.#tellsAll = false;
      this.#ports.toldAll();
    }
    return bytes;
  }

  /** Bytes that were sent; null when they could not be sent now. */
  #write(id: string): number | null {
    const known = this.#keys.get(id);
    if (known === undefined) return 0;
    const { store, key, state } = known;
    const value = this.#stores.get(store)?.get(key);
    const copy = value === undefined ? { bytes: null } : this.#ports.copy(value);
    const lacks = 'lacks' in copy ? copy.lacks : this.#tooLarge(copy.bytes);
    const bytes = lacks !== undefined || 'lacks' in copy ? null : copy.bytes;
    // What others never saw needs not to be taken from them.
    if (lacks === undefined || state.version > 0 || state.underWay > 0) {
      if (!this.#ports.send({ store, key, base: state.version, bytes })) return null;
      state.underWay += 1;
    }
    state.dirty = false;
    state.local = lacks !== undefined;
    if (lacks !== undefined) this.#stays.here(key, lacks, store, state.nodeId);
    this.#tidy(id, known);
    return bytesAround + (bytes?.byteLength ?? 0);
  }

  #tell(id: string): number | null {
    const deleted = this.#deleted.get(id);
    const known = this.#keys.get(id);
    if (known?.state.dirty) return 0;
    const told = deleted ? { ...deleted, bytes: null } : known && this.#knownOf(known);
    if (!told) return 0;
    return this.#ports.tell(told) ? bytesAround + (told.bytes?.byteLength ?? 0) : null;
  }

  #knownOf({ store, key, state }: Key): GlobalKnown | undefined {
    const { version, local } = state;
    if (local) return { store, key, version, bytes: null };
    const copy = this.#stores.get(store)?.copy(key, this.#ports.copy);
    return copy && 'bytes' in copy && this.#tooLarge(copy.bytes) === undefined
      ? { store, key, version, bytes: copy.bytes }
      : undefined;
  }

  #tooLarge(bytes: Uint8Array | null): string | undefined {
    const most = this.#ports.bounds.valueBytes;
    return bytes !== null && bytes.byteLength > most ? `more than ${megabytes(most)}` : undefined;
  }

  #tellIfSettled(): void {
    if (this.#settled.length === 0) return;
    for (const { state } of this.#keys.values()) if (state.dirty || state.underWay > 0) return;
    for (const resolve of this.#settled.splice(0)) resolve();
  }
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`;
