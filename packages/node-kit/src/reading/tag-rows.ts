import { mostTags } from '@bulkhead/core';
import type { ConfigReader } from '../config-reader.ts';
import { readRows } from '../table-rows.ts';

/** Reads a tag table, a row of which may be several tags; each topic may be there only once. */
export function readTagRows<Tag extends { topic: string }>(
  reader: ConfigReader,
  table: unknown,
  readRow: (row: ConfigReader) => readonly Tag[],
): Tag[] {
  const firstRowOf = new Map<string, number>();
  const tags = readRows(reader, table, (row, index) => {
    const own = readRow(row);
    for (const { topic } of own) {
      const earlier = firstRowOf.get(topic);
      if (earlier === undefined) firstRowOf.set(topic, index + 1);
      else if (topic !== '') row.problem(`topic ${topic} is already used in row ${earlier}`);
    }
    return own;
  }).flat();
  if (tags.length > mostTags) reader.problem(`the table has ${tags.length} tags, one node takes at most ${mostTags}`);
  return tags;
}
