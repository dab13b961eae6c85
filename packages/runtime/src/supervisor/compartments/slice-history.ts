import type { Slice } from '../../protocol/messages.ts';
import { flowsHash, flowsOf } from '../plan/slice-flows.ts';

/**
 * Which slice a compartment should run: the deployed one, or, after a rollback, the last one that lived.
 *
 * A rollback pins the compartment against the deployed flows. The editor keeps the user's edit; the pin ends when
 * that tab is deployed with another content. It holds over restarts of the supervisor and of the house, so it goes by
 * the flows: the rest of a slice changes with each run.
 */
export class SliceHistory {
  #deployed: Versioned | null = null;
  #lived: Versioned | null = null;
  /** Hash of the deployed flows that were rolled back. */
  #pinnedAgainst: string | null;

  /** `pinnedAgainst`: as an earlier supervisor left it. */
  constructor(pinnedAgainst: string | null = null) {
    this.#pinnedAgainst = pinnedAgainst;
  }

  get pinnedAgainst(): string | null {
    return this.#pinnedAgainst;
  }

  /** What is to run; null before the first deploy. */
  get current(): Slice | null {
    return this.#current?.slice ?? null;
  }

  /** Of the flows that are to run. */
  get flowsHash(): string | null {
    return this.#current?.flowsHash ?? null;
  }

  get #current(): Versioned | null {
    return this.#pinnedAgainst === null ? this.#deployed : (this.#lived ?? this.#deployed);
  }

  /** What lived last, as an earlier supervisor kept it; before the first deploy. */
  recall(lived: Slice): void {
    if (this.#deployed === null) this.#lived ??= versioned(lived);
  }

  /** Takes a deployed slice; true when what is to run has changed. */
  deploy(slice: Slice, runningHash: string | null): boolean {
    const before = this.#deployed === null ? runningHash : this.current?.hash;
    this.#deployed = versioned(slice);
    if (this.#pinnedAgainst !== this.#deployed.flowsHash) this.#pinnedAgainst = null;
    // What runs is not touched when the earlier flows are not known any more.
    if (this.#pinnedAgainst !== null && this.#lived === null && runningHash !== null) return false;
    return before !== this.current?.hash;
  }

  /** The slice that runs has run long enough to be called good; gives it where it is another than before. */
  noteLived(): Slice | null {
    const before = this.#lived?.flowsHash;
    this.#lived = this.#current;
    return this.#lived === null || this.#lived.flowsHash === before ? null : this.#lived.slice;
  }

  /** There are earlier flows that lived. */
  get canRollBack(): boolean {
    return this.#lived !== null && this.#current !== null && this.#current.flowsHash !== this.#lived.flowsHash;
  }

  /** False when there is nothing older that lived. */
  rollback(): boolean {
    if (!this.canRollBack || this.#deployed === null) return false;
    this.#pinnedAgainst = this.#deployed.flowsHash;
    return true;
  }

  /** A process is about to start: without earlier flows it runs what is deployed, and nothing may say otherwise. */
  giveUpLostPin(): boolean {
    if (this.#pinnedAgainst === null || this.#lived !== null || this.#deployed === null) return false;
    this.#pinnedAgainst = null;
    return true;
  }
}

interface Versioned {
  readonly slice: Slice;
  readonly flowsHash: string;
}

const versioned = (slice: Slice): Versioned => ({ slice, flowsHash: flowsHash(flowsOf(slice)) });
