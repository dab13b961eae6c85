export { button, type TagColumn } from './tag-cells.ts';
export { createTagTable, type TagTable, type TagTableTexts } from './tag-table.ts';
export { formatTable, parseTable, type TableRow } from './table-text.ts';
