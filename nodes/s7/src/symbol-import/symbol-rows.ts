import { topicsFor } from '@bulkhead/node-kit/editor';
import type { PlcSymbol } from '../protocol/symbol-lines.ts';

/** Rows of a tag table for symbols, with topics that are not taken yet. */
export function symbolRows(
  symbols: readonly PlcSymbol[],
  takenTopics: readonly string[],
): { topic: string; address: string; type: string }[] {
  const topics = topicsFor(
    symbols.map(({ name }) => name),
    takenTopics,
  );
  return symbols.map(({ address, type }, index) => ({ topic: topics[index] ?? '', address, type }));
}
