import type { Slice } from '../../protocol/messages.ts';

/**
 * Which slice a compartment should run: the deployed one, or, after a rollback, the last one that lived.
 *
 * A rollback pins the compartment against the deployed slice. The editor keeps the user's edit; the pin ends when
 * that tab is deployed with another content.
 */
export class SliceHistory {
  #deployed: Slice | null = null;
  #lived: Slice | null = null;
  /** Hash of the deployed slice that was rolled back. */
  #pinnedAgainst: string | null;

  /** `pinnedAgainst`: as an earlier supervisor left it. */
  constructor(pinnedAgainst: string | null = null) {
    this.#pinnedAgainst = pinnedAgainst;
  }

  get pinnedAgainst(): string | null {
    return this.#pinnedAgainst;
  }

  /** What is to run; null before the first deploy. A supervisor that was started anew does not have the pinned slice. */
  get current(): Slice | null {
    return this.#pinnedAgainst === null ? this.#deployed : (this.#lived ?? this.#deployed);
  }

  /** Takes a deployed slice; true when what is to run has changed. */
  deploy(slice: Slice, runningHash: string | null): boolean {
    const before = this.current?.hash ?? runningHash;
    this.#deployed = slice;
    if (this.#pinnedAgainst === slice.hash) return false;
    this.#pinnedAgainst = null;
    return before !== slice.hash;
  }

  /** The slice that runs has run long enough to be called good. */
  noteLived(): void {
    this.#lived = this.current;
  }

  /** False when there is nothing older that lived. */
  rollback(): boolean {
    if (!this.#lived || !this.#deployed || this.current?.hash === this.#lived.hash) return false;
    this.#pinnedAgainst = this.#deployed.hash;
    return true;
  }
}
