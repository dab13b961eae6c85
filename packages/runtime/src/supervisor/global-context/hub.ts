/**
 * The global context of all compartments: orders writes per key, tells everybody, and notices lost updates. Values are
 * held as bytes: what a flow keeps is nothing that this process has to understand.
 */
import { type GlobalBounds, globalId, type GlobalLimit } from '../../protocol/global-bounds.ts';
import type { GlobalEntry, GlobalNews } from '../../protocol/messages.ts';
import { Tombstones } from '../../protocol/tombstones.ts';
import { Feed } from './feed.ts';

export interface GlobalWriteRequest {
  readonly store: string;
  readonly key: string;
  readonly base: number;
  readonly bytes: Uint8Array | null;
}

export interface GlobalHubOptions {
  /** Two compartments write one key; once per key and pair. */
  onContention(key: string, writers: readonly [string, string], lostUpdate: boolean): void;
  onChanged(): void;
  readonly bounds: GlobalBounds;
  now(): number;
  /**
   * Above every version of an earlier supervisor: a replica must take what this one orders for newer than what it
   * knows, also when it dials in late.
   */
  readonly firstVersion: number;
}

export interface MemberPorts {
  /** As `FeedPorts.send`. */
  send(news: readonly GlobalNews[], written: () => void): number;
  /** Everything that was there when it joined has been told. `complete`: what it was not told of is deleted. */
  told(complete: boolean): void;
}

/** A compartment that is connected. */
export interface Member {
  write(request: GlobalWriteRequest): void;
  /** What its replica holds and was not told of. */
  knows(entry: Omit<GlobalEntry, 'writer'>): void;
  /** It has said all that it knows. */
  knowsNoMore(): void;
  leave(): void;
}

const maxContentionsTold = 1_000;

export class GlobalHub {
  readonly #options: GlobalHubOptions;
  readonly #values = new Map<string, GlobalEntry>();
  readonly #deleted: Tombstones<GlobalEntry>;
  readonly #feeds = new Map<object, { readonly id: string; readonly feed: Feed }>();
  /** Processes whose replica holds nothing that was not told here once, by compartment. */
  readonly #heard = new Map<string, number>();
  readonly #told = new Set<string>();
  #version: number;
  #bytes = 0;
  /** Writes that replaced a value which their writer had not seen. */
  lostUpdates = 0;
  /** Writes beyond the bounds. */
  refused = 0;

  constructor(options: GlobalHubOptions) {
    this.#options = options;
    this.#version = options.firstVersion;
    this.#deleted = new Tombstones(options.bounds, options.now);
  }

  get keys(): number {
    return this.#values.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Deletions that are remembered. */
  get deletions(): number {
    return this.#deleted.size;
  }

  /** Without what was deleted. */
  snapshot(): GlobalEntry[] {
    return [...this.#values.values()];
  }

  join(id: string, pid: number, ports: MemberPorts): Member {
    const feed = new Feed(id, { current: (key) => this.#current(key), send: ports.send });
    const member = {};
    this.#feeds.set(member, { id, feed });
    // Of this process all that was confirmed is known here: what is missing was deleted, however long ago.
    feed.begin(this.#values, () => ports.told(this.#heard.get(id) === pid));
    return {
      // Who was here when all was cleared has ended, and what it said last may come behind.
      write: (request) => void (this.#feeds.has(member) && this.#write(id, feed, request)),
      knows: (entry) => this.#learn({ ...entry, writer: id }, feed),
      knowsNoMore: () => void this.#heard.set(id, pid),
      leave: () => void this.#feeds.delete(member),
    };
  }

  /** Deletes everything. Nobody who is connected runs any more. */
  clear(): void {
    this.#feeds.clear();
    for (const { store, key } of this.snapshot()) {
      this.#put({ store, key, version: this.#nextVersion(), bytes: null, writer: '' }, null);
    }
  }

  /** From a file: the newest version of each key counts. */
  learn(entries: readonly GlobalEntry[]): void {
    for (const entry of entries) this.#learn(entry, null);
  }

  #current(id: string): GlobalEntry | undefined {
    return this.#values.get(id) ?? this.#deleted.get(id);
  }

  #write(writer: string, feed: Feed, { store, key, base, bytes }: GlobalWriteRequest): void {
    const id = globalId(store, key);
    const before = this.#current(id);
    const refused = bytes === null ? undefined : this.#limitHitBy(id, bytes);
    if (refused !== undefined) this.refused += 1;
    if (refused !== undefined && !this.#values.has(id)) {
      feed.offer(id, { store, key, version: before?.version ?? 0, echoes: 1, refused });
      return;
    }
    if (before && before.writer !== writer) this.#noteContention(key, before, writer, base);
    // Of a value that cannot be held the others see nothing, rather than the one before it.
    this.#put(
      { store, key, version: this.#nextVersion(), bytes: refused === undefined ? bytes : null, writer },
      feed,
      refused,
    );
  }

  #nextVersion(): number {
    this.#version += 1;
    return this.#version;
  }

  #limitHitBy(id: string, bytes: Uint8Array): GlobalLimit | undefined {
    const before = this.#values.get(id);
    if (!before && this.#values.size >= this.#options.bounds.keys) return 'keys';
    const grows = bytes.byteLength - (before?.bytes?.byteLength ?? 0);
    return grows > 0 && this.#bytes + grows > this.#options.bounds.bytes ? 'bytes' : undefined;
  }

  /** What a compartment or a file tells; who knows less is told what is true. */
  #learn(entry: GlobalEntry, teller: Feed | null): void {
    this.#version = Math.max(this.#version, entry.version);
    const { store, key } = entry;
    const id = globalId(store, key);
    const known = this.#current(id);
    if (!known || entry.version > known.version) this.#put(entry, null);
    else if (entry.version < known.version) teller?.offer(id, { store, key, version: known.version, echoes: 0 });
  }

  #put(entry: GlobalEntry, writer: Feed | null, refused?: GlobalLimit): void {
    const { store, key, version, bytes } = entry;
    const id = globalId(store, key);
    this.#bytes += (bytes?.byteLength ?? 0) - (this.#values.get(id)?.bytes?.byteLength ?? 0);
    if (bytes === null) {
      this.#values.delete(id);
      this.#deleted.put(id, entry);
    } else {
      this.#deleted.delete(id);
      this.#deleted.forgetOld();
      this.#values.set(id, entry);
    }
    for (const { feed } of this.#feeds.values()) {
      const own = feed === writer;
      feed.offer(id, { store, key, version, echoes: own ? 1 : 0, ...(own ? { refused } : {}) });
    }
    this.#options.onChanged();
  }

  #noteContention(key: string, before: GlobalEntry, writer: string, base: number): void {
    const lostUpdate = base < before.version;
    if (lostUpdate) this.lostUpdates += 1;
    const told = `${key}:${[before.writer, writer].sort().join(':')}:${lostUpdate}`;
    if (this.#told.has(told) || this.#told.size >= maxContentionsTold) return;
    this.#told.add(told);
    this.#options.onContention(key, [before.writer, writer], lostUpdate);
  }
}
