import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '@bulkhead/core';
import type { DeployType, ForwardedRequest, Slice } from '../../protocol/messages.ts';

const maxSwitches = 2_000;

/**
 * Debug nodes that were switched by their button. In the flow file they are as they were deployed, so a process that
 * starts anew would show what somebody has switched off.
 */
export class DebugSwitches {
  readonly #active = new Map<string, boolean>();

  get all(): Readonly<Record<string, boolean>> {
    return Object.fromEntries(this.#active);
  }

  /** As an earlier supervisor left them. */
  restore(kept: Readonly<Record<string, boolean>>): void {
    for (const [id, active] of Object.entries(kept)) this.switched([id], active);
  }

  switched(nodeIds: readonly string[], active: boolean): void {
    for (const id of nodeIds) if (this.#active.has(id) || this.#active.size < maxSwitches) this.#active.set(id, active);
  }

  /** A deploy says how it wants the nodes that it changes; one of everything, or a restart, says it of all. */
  deployed(before: Slice | null, next: Slice, deployType: DeployType): void {
    if (deployType === 'full' || deployType === 'reload') return this.#active.clear();
    if (before === null || deployType === 'load') return;
    const find = (slice: Slice, id: string) => slice.flows.find((node) => node.id === id);
    for (const id of this.#active.keys())
      if (!isDeepStrictEqual(find(before, id), find(next, id))) this.#active.delete(id);
  }
}

/** What a request to a debug node's route switches; null for any other request. Pure. */
export function debugSwitchOf(request: ForwardedRequest): { nodeIds: readonly string[]; active: boolean } | null {
  if (request.method !== 'POST') return null;
  const [path = ''] = request.url.split('?', 1);
  const [, id, state] = /^\/debug\/(?:([^/]+)\/)?(enable|disable)$/.exec(path) ?? [];
  if (state === undefined) return null;
  const listed = isRecord(request.body) && Array.isArray(request.body['nodes']) ? request.body['nodes'] : [];
  const nodeIds = id === undefined ? listed.filter((one) => typeof one === 'string') : [decodeURIComponent(id)];
  return { nodeIds, active: state === 'enable' };
}
