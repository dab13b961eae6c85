import { parseTable } from '@bulkhead/node-kit/editor';

const columns = Array.from({ length: 40 }, (_, index) => `column${index}`);

/** Cells of a text that is separated by tabs, semicolons or commas. */
export function separatedCells(text: string): string[][] {
  return parseTable(text, columns).map((row) => columns.map((column) => row[column] ?? ''));
}
