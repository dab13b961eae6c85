import { loadFlowParser } from '../node-red/internals.ts';

/**
 * Whether Node-RED can make flows of these entries. It says nothing of those that it cannot, and starts none of the others.
 */
export function canReadFlows(entries: readonly unknown[]): boolean {
  try {
    loadFlowParser().parseConfig(structuredClone(entries));
    return true;
  } catch {
    return false;
  }
}
