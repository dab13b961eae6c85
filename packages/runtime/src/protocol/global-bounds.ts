/** What of the global context is held and crosses between processes; what exceeds it stays with who wrote it. */
export const globalBounds = {
  /** Of one value, serialised. A frame is larger, with room for what is around the value. */
  valueBytes: 16 * 1024 * 1024,
  /** Of all values: every compartment holds a copy. */
  bytes: 64 * 1024 * 1024,
  keys: 10_000,
  /**
   * Deletions are remembered so long, and so many of them: for compartments that missed them while they were not
   * connected or hung, and would tell a new supervisor of the value. None that lives hangs or stays away longer.
   */
  deletedMs: 10 * 60_000,
  deleted: 10_000,
} as const;

export type GlobalBounds = { readonly [bound in keyof typeof globalBounds]: number };
export type GlobalLimit = 'keys' | 'bytes';

/** One key of one store. */
export function globalId(store: string, key: string): string {
  return `${store}\n${key}`;
}
