/**
 * What one compartment has still to be told of the global context. A key that changes while it waits is told once, with
 * what is true by then: a compartment that reads slowly costs one window of memory, and sees no value that is old.
 */
import type { GlobalLimit } from '../../protocol/global-bounds.ts';
import type { GlobalEntry, GlobalNews } from '../../protocol/messages.ts';

export interface FeedPorts {
  /** What is known of a key now; undefined when its deletion is forgotten. */
  current(id: string): GlobalEntry | undefined;
  /** Sends the news in one message and gives its size; `written` is called once its memory is free again. */
  send(news: readonly GlobalNews[], written: () => void): number;
}

export interface Owed {
  readonly store: string;
  readonly key: string;
  readonly version: number;
  /** Writes of the compartment itself. */
  readonly echoes: 0 | 1;
  readonly refused?: GlobalLimit | undefined;
}

/** On their way at once; a larger value goes alone. */
const windowBytes = 1024 * 1024;
const messageBytes = 64 * 1024;
const bytesAround = 100;

export class Feed {
  readonly #member: string;
  readonly #ports: FeedPorts;
  readonly #waiting = new Map<string, Omit<Owed, 'echoes'> & { readonly echoes: number }>();
  #onTheWay = 0;
  #afterAll: (() => void) | undefined;

  constructor(member: string, ports: FeedPorts) {
    this.#member = member;
    this.#ports = ports;
  }

  offer(id: string, owed: Owed): void {
    const echoes = (this.#waiting.get(id)?.echoes ?? 0) + owed.echoes;
    this.#waiting.set(id, { ...owed, echoes });
    this.#pump();
  }

  /** All of these, and then `afterAll`, at once if they fit into the window. */
  begin(entries: Iterable<readonly [string, GlobalEntry]>, afterAll: () => void): void {
    for (const [id, { store, key, version }] of entries) this.#waiting.set(id, { store, key, version, echoes: 0 });
    this.#afterAll = afterAll;
    this.#pump();
  }

  #pump(): void {
    while (this.#waiting.size > 0 && this.#onTheWay < windowBytes) {
      const bytes = this.#ports.send(this.#nextMessage(), () => {
        this.#onTheWay -= bytes;
        this.#pump();
      });
      this.#onTheWay += bytes;
    }
    if (this.#waiting.size > 0) return;
    const afterAll = this.#afterAll;
    this.#afterAll = undefined;
    afterAll?.();
  }

  #nextMessage(): GlobalNews[] {
    const message: GlobalNews[] = [];
    let bytes = 0;
    for (const [id, owed] of this.#waiting) {
      const news = this.#newsOf(id, owed);
      const size = bytesAround + (news.bytes?.byteLength ?? 0);
      if (message.length > 0 && bytes + size > messageBytes) break;
      this.#waiting.delete(id);
      message.push(news);
      bytes += size;
    }
    return message;
  }

  #newsOf(id: string, owed: Omit<Owed, 'echoes'> & { readonly echoes: number }): GlobalNews {
    const { store, key, echoes, refused } = owed;
    if (refused !== undefined) return { store, key, version: owed.version, echoes, refused };
    const current = this.#ports.current(id);
    if (current === undefined) return { store, key, version: owed.version, echoes, bytes: null };
    const { version, bytes, writer } = current;
    // What it wrote itself since it is connected it has, or something newer.
    return echoes > 0 && writer === this.#member
      ? { store, key, version, echoes }
      : { store, key, version, echoes, bytes };
  }
}
