import { isRecord } from '@bulkhead/core';
import type { FlowNode } from '../../protocol/messages.ts';

/** A variable of the tab's own environment, as its dialog in the editor sets it; undefined where it is empty. */
export function tabVariable(tab: FlowNode, name: string): string | undefined {
  const env: readonly unknown[] = Array.isArray(tab['env']) ? tab['env'] : [];
  for (const entry of env) {
    if (!isRecord(entry) || entry['name'] !== name) continue;
    if (typeof entry['value'] === 'string' && entry['value'] !== '') return entry['value'];
  }
  return undefined;
}
