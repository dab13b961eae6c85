export { askProbe } from './ask-probe.ts';
export { browseButton, type BrowseButtonOptions } from './browse-button.ts';
export {
  type Browsable,
  type BrowseList,
  browseList,
  type BrowseListOptions,
  type BrowseSource,
} from './browse-list.ts';
export { isWithin, isWithinOrVariable } from './field-checks.ts';
export { fieldsOfForm, fieldsOfNode } from './form-fields.ts';
export { heightLeft, nodeTagTable, type NodeTagTableOptions } from './node-tag-table.ts';
export { readingColumns } from './reading-columns.ts';
export { button, type TagColumn } from './tag-cells.ts';
export { createTagTable, type TableImporter, type TagTable, type TagTableTexts } from './tag-table.ts';
export { formatTable, parseTable, type TableRow } from './table-text.ts';
export { testButton } from './test-button.ts';
export { segmentOf, topicsFor } from './topics.ts';
export { showWhetherWritesAreOff, writingColumns } from './writing-columns.ts';
