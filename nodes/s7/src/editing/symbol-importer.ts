import type { TableImporter } from '@bulkhead/node-kit/editor';
import { importSymbols } from '../symbol-import/import-symbols.ts';
import { symbolRows } from '../symbol-import/symbol-rows.ts';

/** True for what a spreadsheet with the table's own columns is. */
function isOwnTable(text: string): boolean {
  return /^\uFEFF?[^\n]*\btopic\b/i.test(text);
}

/** Takes the symbol tables of TIA Portal and STEP 7 into a tag table; `topics` are those that are in it. */
export function symbolImporter(
  topics: () => readonly string[],
  failed: (file: string, reason: string) => void,
): TableImporter {
  return {
    accept: '.csv,.tsv,.txt,.xlsx,.sdf,.asc,text/csv',
    async read(file) {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const isText = bytes[0] !== 0x50 || bytes[1] !== 0x4b;
      if (isText && isOwnTable(new TextDecoder().decode(bytes.subarray(0, 2_000)))) return undefined;
      const rows = symbolRows(await importSymbols(bytes), topics());
      // Nothing in it was an address of its own: then it is a table without a heading.
      return rows.length > 0 || !isText ? rows : undefined;
    },
    failed,
  };
}
