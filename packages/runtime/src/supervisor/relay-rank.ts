import type { Slice } from '../protocol/messages.ts';

/**
 * 0: gives to the namespace, or has nothing to do with it. 1: takes and gives. 2: takes only. Who gives starts after
 * those who take, and stops before them.
 */
export function relayRank(slice: Slice | null): 0 | 1 | 2 {
  const types = new Set(slice?.flows.map((node) => node.type) ?? []);
  if (!types.has('uns-subscribe')) return 0;
  return types.has('uns-publish') ? 1 : 2;
}

/** Reads the plant or another source for the namespace, and so must not begin before somebody listens. */
export function onlyGives(slice: Slice): boolean {
  return relayRank(slice) === 0 && slice.flows.some((node) => node.type === 'uns-publish');
}
