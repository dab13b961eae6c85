export { createTagTable, type TagColumn, type TagTable, type TagTableTexts } from './tag-table.ts';
export { formatTable, parseTable, type TableRow } from './table-text.ts';
