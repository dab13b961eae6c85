import type { GlobalBounds, GlobalLimit } from '../../protocol/global-bounds.ts';

/** Says what of the global context stays in this compartment. */
export interface Stays {
  /** Once per key and cause. */
  here(key: string, holds: string, store: string, nodeId: string | undefined): void;
  /** Once per limit, and again when it is still so much later: where one key is too much, each further one is. */
  refused(key: string, limit: GlobalLimit, store: string, nodeId: string | undefined): void;
}

const maxRemembered = 1_000;
const sayAgainMs = 10 * 60_000;

export function createStays(
  bounds: GlobalBounds,
  now: () => number,
  warn: (line: string, nodeId: string | undefined) => void,
): Stays {
  const told = new Set<string>();
  const refusals = new Map<GlobalLimit, number>();
  const limits: Readonly<Record<GlobalLimit, string>> = {
    keys: `the house holds ${bounds.keys} keys already, which is the most: delete those that are not needed`,
    bytes: `all values together may have ${Math.round(bounds.bytes / 1024 / 1024)} MB`,
  };
  const meaning = (store: string): string =>
    `it stays in this tab's process, other tabs do not see it and find no value${store === 'file' ? ', and it is not kept on disk' : ''}`;
  return {
    here(key, holds, store, nodeId) {
      const id = `${store}:${key}:${holds}`;
      if (told.has(id) || told.size >= maxRemembered) return;
      told.add(id);
      warn(`global.${key} holds ${holds}: ${meaning(store)}`, nodeId);
    },
    refused(key, limit, store, nodeId) {
      const last = refusals.get(limit);
      if (last !== undefined && now() - last < sayAgainMs) return;
      refusals.set(limit, now());
      warn(`global.${key} is not shared, ${limits[limit]}; ${meaning(store)}`, nodeId);
    },
  };
}
