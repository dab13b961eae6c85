/** The global context of all compartments: orders writes per key, tells everybody, and notices lost updates. */
import type { GlobalEntry } from '../../protocol/messages.ts';

export interface GlobalWriteRequest {
  readonly store: string;
  readonly key: string;
  readonly base: number;
  readonly value?: unknown;
}

export interface GlobalHubOptions {
  /** Called with each entry that is new. `echoTo` has just written it and gets its echo; null when it was learned. */
  broadcast(entry: GlobalEntry, echoTo: string | null): void;
  /** Two compartments write one key; once per key and pair. */
  onContention(key: string, writers: readonly [string, string], lostUpdate: boolean): void;
  onChanged(): void;
  readonly maxKeys: number;
  /**
   * Above every version of an earlier supervisor: a replica must take what this one orders for newer than what it
   * knows, also when it dials in late.
   */
  readonly firstVersion: number;
}

export class GlobalHub {
  readonly #options: GlobalHubOptions;
  readonly #entries = new Map<string, GlobalEntry>();
  readonly #told = new Set<string>();
  #version: number;
  /** Writes that replaced a value which their writer had not seen. */
  lostUpdates = 0;
  /** Writes of new keys beyond the bound. */
  refused = 0;

  constructor(options: GlobalHubOptions) {
    this.#options = options;
    this.#version = options.firstVersion;
  }

  get size(): number {
    return this.#entries.size;
  }

  snapshot(): GlobalEntry[] {
    return [...this.#entries.values()];
  }

  write(writer: string, { store, key, base, value }: GlobalWriteRequest): void {
    const id = idOf(store, key);
    const before = this.#entries.get(id);
    if (!before && this.#entries.size >= this.#options.maxKeys) {
      this.refused += 1;
      return;
    }
    if (before && before.writer !== writer) this.#noteContention(key, before, writer, base);
    this.#version += 1;
    this.#put({ store, key, version: this.#version, value, writer }, writer);
  }

  /** From a file, or from compartments that outlived an earlier supervisor: the newest version of each key counts. */
  learn(entries: readonly GlobalEntry[]): void {
    for (const entry of entries) {
      this.#version = Math.max(this.#version, entry.version);
      const known = this.#entries.get(idOf(entry.store, entry.key));
      if (!known || entry.version > known.version) this.#put(entry, null);
    }
  }

  #put(entry: GlobalEntry, echoTo: string | null): void {
    this.#entries.set(idOf(entry.store, entry.key), entry);
    this.#options.broadcast(entry, echoTo);
    this.#options.onChanged();
  }

  #noteContention(key: string, before: GlobalEntry, writer: string, base: number): void {
    const lostUpdate = base < before.version;
    if (lostUpdate) this.lostUpdates += 1;
    const told = `${key}:${[before.writer, writer].sort().join(':')}:${lostUpdate}`;
    if (this.#told.has(told)) return;
    this.#told.add(told);
    this.#options.onContention(key, [before.writer, writer], lostUpdate);
  }
}

function idOf(store: string, key: string): string {
  return `${store}\n${key}`;
}
