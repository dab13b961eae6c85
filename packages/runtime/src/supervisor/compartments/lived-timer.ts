import type { Clock, Timer } from '@bulkhead/core';

/** A timer of Node.js may come a millisecond before the clock says so. */
const slackMs = 50;

/** For how long the flows that run have run by now; `onLived` is called once it is long enough to call them good. */
export class LivedTimer {
  #readyAt: number | null = null;
  #timer: Timer | null = null;
  readonly #clock: Clock;
  readonly #goodAfterMs: number;
  readonly #onLived: () => void;

  constructor(clock: Clock, goodAfterMs: number, onLived: () => void) {
    this.#clock = clock;
    this.#goodAfterMs = goodAfterMs;
    this.#onLived = onLived;
  }

  /** Flows run from now on, others than before or the same again. */
  ready(): void {
    this.ended();
    this.#readyAt = this.#clock.now();
    this.#timer = this.#clock.setTimeout(this.#onLived, this.#goodAfterMs + slackMs);
  }

  ended(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
    this.#readyAt = null;
  }

  get isGood(): boolean {
    return this.#readyAt !== null && this.#clock.now() - this.#readyAt >= this.#goodAfterMs;
  }
}
