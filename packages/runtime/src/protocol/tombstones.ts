/** What was deleted lately, the last of all at the end: bounded by age and number. */
export class Tombstones<T> {
  readonly #all = new Map<string, { readonly what: T; readonly at: number }>();
  readonly #bounds: { readonly deleted: number; readonly deletedMs: number };
  readonly #now: () => number;

  constructor(bounds: { readonly deleted: number; readonly deletedMs: number }, now: () => number) {
    this.#bounds = bounds;
    this.#now = now;
  }

  get size(): number {
    return this.#all.size;
  }

  get(id: string): T | undefined {
    return this.#all.get(id)?.what;
  }

  put(id: string, what: T): void {
    this.#all.delete(id);
    this.#all.set(id, { what, at: this.#now() });
    this.forgetOld();
  }

  delete(id: string): void {
    this.#all.delete(id);
  }

  /** Also to be called now and then where nothing is deleted any more. */
  forgetOld(): void {
    const oldest = this.#now() - this.#bounds.deletedMs;
    for (const [id, { at }] of this.#all) {
      if (this.#all.size <= this.#bounds.deleted && at > oldest) return;
      this.#all.delete(id);
    }
  }

  entries(): [string, T][] {
    return [...this.#all].map(([id, { what }]) => [id, what]);
  }
}
