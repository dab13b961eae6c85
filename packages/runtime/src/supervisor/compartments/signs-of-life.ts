/** A node that works this long in one go is worth a word, long before its hang limit. */
const silentAfterMs = 3_000;

/**
 * When a compartment was heard last: it reports once a second. One that is silent may work hard or hang; nobody may claim
 * that its flows run, and its last figures are no longer true.
 */
export class SignsOfLife {
  readonly #now: () => number;
  #heardAt: number | null = null;

  /** `now`: a clock that nobody sets. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  heard(): void {
    this.#heardAt = this.#now();
  }

  gone(): void {
    this.#heardAt = null;
  }

  get silentMs(): number {
    return this.#heardAt === null ? 0 : Math.max(0, this.#now() - this.#heardAt);
  }

  get isSilent(): boolean {
    return this.silentMs > silentAfterMs;
  }
}
