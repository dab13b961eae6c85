import type { TableRow } from './table-text.ts';
import { createTagTable, type TableImporter, type TagTable } from './tag-table.ts';
import type { TagColumn } from './tag-cells.ts';

export interface NodeTagTableOptions {
  host: JQuery;
  columns: readonly TagColumn[];
  /** As the node holds them. */
  tags: unknown;
  fileName: string;
  /** Of the keys below the node's type, as `table.add` and `columnHint.topic`. */
  translate(key: string): string;
  importer?: TableImporter;
  extraButtons?: readonly HTMLElement[];
  /** That the dialog should leave for it, in CSS; for tables of many columns. */
  width?: string;
}

/** The runtime takes numbers as text too, but a flow file with numbers compares better. */
function textRows(tags: unknown): TableRow[] {
  if (!Array.isArray(tags)) return [];
  return tags.map((tag: object) =>
    Object.fromEntries(Object.entries(tag).map(([name, value]) => [name, String(value)])),
  );
}

/** The tag table in the dialog of a node. */
export function nodeTagTable(options: NodeTagTableOptions): TagTable {
  const text = (name: string): string => options.translate(`table.${name}`);
  return createTagTable(options.host, {
    columns: options.columns.map((column) => ({ ...column, hint: options.translate(`columnHint.${column.name}`) })),
    rows: textRows(options.tags),
    fileName: options.fileName,
    extraButtons: options.extraButtons ?? [],
    ...(options.width === undefined ? {} : { width: options.width }),
    ...(options.importer === undefined ? {} : { importer: options.importer }),
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
      countOne: text('countOne'),
    },
  });
}

/** The height that the dialog leaves for the table. */
export function heightLeft(dialogHeight: number): number {
  let used = 0;
  for (const row of document.querySelectorAll<HTMLElement>('#dialog-form > .form-row:not(.bulkhead-tags)')) {
    used += row.offsetHeight + 12;
  }
  return Math.max(220, dialogHeight - used - 20);
}
