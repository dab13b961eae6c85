import { covers, type Grants, grantsKey, missingGrants } from '../plan/grants.ts';

/**
 * What the process that runs was allowed at its start, which nothing changes afterwards. Of one that an earlier supervisor
 * started the key alone is known, as it says it itself.
 */
export class ProcessGrants {
  #grants: Grants | null = null;
  #key: string | null = null;

  started(grants: Grants): void {
    this.#grants = grants;
    this.#key = grantsKey(grants);
  }

  /** It was started by somebody else. */
  forget(): void {
    this.#grants = null;
    this.#key = null;
  }

  saidByProcess(key: string | undefined): void {
    this.#key = key ?? this.#key;
  }

  /** Null where the process may do what is needed; else why it has to be started anew. */
  lacks(needed: Grants | null): string | null {
    if (needed === null || this.#key === null || this.#key === grantsKey(needed)) return null;
    if (this.#grants && covers(this.#grants, needed)) return null;
    return missingGrants(this.#grants, needed);
  }
}
