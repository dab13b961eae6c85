import type { Clock, Timer } from '@bulkhead/core';

/** A timer of Node.js may come a millisecond before the clock says so. */
const slackMs = 50;

/** For how long the flows that run have run by now; `onLived` is called once it is long enough to call them good. */
export class LivedTimer {
  #since: { readonly flowsHash: string; readonly at: number } | null = null;
  #timer: Timer | null = null;
  readonly #clock: Clock;
  readonly #goodAfterMs: number;
  readonly #onLived: () => void;

  constructor(clock: Clock, goodAfterMs: number, onLived: () => void) {
    this.#clock = clock;
    this.#goodAfterMs = goodAfterMs;
    this.#onLived = onLived;
  }

  /**
   * These flows have run since `at`, epoch ms. The same may be told of again, after an editor that was away or with other
   * palettes: they have run since they were told of first.
   */
  ready(flowsHash: string, at = this.#clock.now()): void {
    if (this.#since?.flowsHash === flowsHash) return;
    this.ended();
    this.#since = { flowsHash, at };
    const leftMs = Math.max(0, at + this.#goodAfterMs - this.#clock.now());
    this.#timer = this.#clock.setTimeout(this.#onLived, leftMs + slackMs);
  }

  ended(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
    this.#since = null;
  }

  get isGood(): boolean {
    return this.#since !== null && this.#clock.now() - this.#since.at >= this.#goodAfterMs;
  }
}
