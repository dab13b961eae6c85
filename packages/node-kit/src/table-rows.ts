import { type ConfigReader, configReader } from './config-reader.ts';

/**
 * Reads a table in a node's configuration, row by row; whatever is wrong in a row becomes a problem of `reader` that
 * names the row, counted from 1 as the editor shows it.
 */
export function readRows<Row>(
  reader: ConfigReader,
  table: unknown,
  readRow: (row: ConfigReader, index: number) => Row,
): Row[] {
  if (table === undefined || table === null) return [];
  if (!Array.isArray(table)) {
    reader.problem('the table is not a list of rows');
    return [];
  }
  return table.map((raw: unknown, index) => {
    const row = configReader(raw);
    if (typeof raw !== 'object' || raw === null) row.problem('is not a table row');
    const read = readRow(row, index);
    for (const problem of row.problems) reader.problem(`row ${index + 1}: ${problem}`);
    return read;
  });
}
