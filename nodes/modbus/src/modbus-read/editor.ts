import { createTagTable, type TableRow, type TagTable } from '@bulkhead/node-kit/editor';
import type { EditorRED } from 'node-red';
import { tagColumns } from '../modbus-tag/columns.ts';
import { isWithinOrVariable } from '../modbus-tag/within.ts';
import { readDefaults, readLimits } from './defaults.ts';

declare const RED: EditorRED;

let table: TagTable | undefined;

/** The runtime takes numbers as text too, but a flow file with numbers compares better. */
function textRows(tags: unknown): TableRow[] {
  if (!Array.isArray(tags)) return [];
  return tags.map((tag: object) =>
    Object.fromEntries(Object.entries(tag).map(([name, value]) => [name, String(value)])),
  );
}

const noTags: TableRow[] = [];

RED.nodes.registerType('modbus-read', {
  category: 'Bulkhead',
  color: '#9cc7cf',
  defaults: {
    name: { value: readDefaults.name },
    connection: { value: readDefaults.connection, type: 'modbus-connection', required: true },
    unitId: { value: readDefaults.unitId, validate: isWithinOrVariable(readLimits.unitId, true) },
    notation: { value: readDefaults.notation },
    pollMs: { value: readDefaults.pollMs, validate: isWithinOrVariable(readLimits.pollMs) },
    output: { value: readDefaults.output },
    maxGap: { value: readDefaults.maxGap, validate: isWithinOrVariable(readLimits.maxGap) },
    maxRegisters: { value: readDefaults.maxRegisters, validate: isWithinOrVariable(readLimits.maxRegisters) },
    tags: { value: noTags, validate: (tags: unknown) => Array.isArray(tags) && tags.length > 0 },
    version: { value: readDefaults.version },
  },
  inputs: 0,
  outputs: 1,
  icon: 'modbus-read.svg',
  paletteLabel: 'modbus read',
  label() {
    return this.name || 'modbus read';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    const translate = (key: string): string => this._(key);
    // Of a node from before there was a choice.
    if (!this.notation) $('#node-input-notation').val(readDefaults.notation);
    const notation = (): string => String($('#node-input-notation').val());
    const text = (name: string): string => translate(`modbus-read.table.${name}`);
    table = createTagTable($('#node-input-tags-table'), {
      columns: tagColumns('modbus-read', translate, notation),
      rows: textRows(this.tags),
      fileName: 'modbus-tags.csv',
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
  },
  oneditsave() {
    if (table !== undefined) this.tags = table.rows();
  },
  oneditresize(size) {
    let used = 0;
    for (const row of document.querySelectorAll<HTMLElement>('#dialog-form > .form-row:not(.bulkhead-tags)')) {
      used += row.offsetHeight + 12;
    }
    table?.setHeight(size.height - used - 20);
  },
});
