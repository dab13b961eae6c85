import { createTagTable, type TableRow, type TagColumn, type TagTable } from '@bulkhead/node-kit/editor';
import { importSymbols } from '../symbol-import/import-symbols.ts';
import { symbolRows } from '../symbol-import/symbol-rows.ts';

export type TagRow = TableRow;

export interface TableOptions {
  host: JQuery;
  columns: readonly TagColumn[];
  tags: unknown;
  fileName: string;
  translate(key: string): string;
  /** Shown when a file cannot be read. */
  unreadable(file: string, reason: string): void;
  extraButtons?: readonly HTMLElement[];
}

/** The runtime takes numbers as text too, but a flow file with numbers compares better. */
function textRows(tags: unknown): TableRow[] {
  if (!Array.isArray(tags)) return [];
  return tags.map((tag: object) =>
    Object.fromEntries(Object.entries(tag).map(([name, value]) => [name, String(value)])),
  );
}

/** True for what a spreadsheet with the table's own columns is. */
function isOwnTable(text: string): boolean {
  return /^\uFEFF?[^\n]*\btopic\b/i.test(text);
}

/** The tag table of a node, which also takes the symbol tables of TIA Portal and STEP 7. */
export function tagTableOf(options: TableOptions): TagTable {
  const text = (name: string): string => options.translate(`table.${name}`);
  const table: TagTable = createTagTable(options.host, {
    columns: options.columns,
    rows: textRows(options.tags),
    fileName: options.fileName,
    extraButtons: options.extraButtons ?? [],
    importer: {
      accept: '.csv,.tsv,.txt,.xlsx,.sdf,.asc,text/csv',
      async read(file) {
        const bytes = new Uint8Array(await file.arrayBuffer());
        const isText = bytes[0] !== 0x50 || bytes[1] !== 0x4b;
        if (isText && isOwnTable(new TextDecoder().decode(bytes.subarray(0, 2_000)))) return undefined;
        const topics = table.rows().map((row) => row['topic'] ?? '');
        const rows = symbolRows(await importSymbols(bytes), topics);
        // Nothing in it was an address of its own: then it is a table without a heading.
        return rows.length > 0 || !isText ? rows : undefined;
      },
      failed: (file, reason) => options.unreadable(file, reason),
    },
    texts: {
      add: text('add'),
      paste: text('paste'),
      pasteHint: text('pasteHint'),
      append: text('append'),
      replace: text('replace'),
      cancel: text('cancel'),
      importFile: text('importFile'),
      exportFile: text('exportFile'),
      count: text('count'),
    },
  });
  return table;
}

/** The height that the dialog leaves for the table. */
export function heightLeft(dialogHeight: number): number {
  let used = 0;
  for (const row of document.querySelectorAll<HTMLElement>('#dialog-form > .form-row:not(.bulkhead-tags)')) {
    used += row.offsetHeight + 12;
  }
  return Math.max(220, dialogHeight - used - 20);
}
