import {
  heightLeft,
  isWithinOrVariable,
  nodeTagTable,
  showWhetherWritesAreOff,
  type TableRow,
  type TagTable,
  writingColumns,
} from '@bulkhead/node-kit/editor';
import type { EditorRED } from 'node-red';
import { plcBrowseButton } from '../editing/browse.ts';
import { symbolImporter } from '../editing/symbol-importer.ts';
import { tagColumns } from '../editing/tag-columns.ts';
import { writeDefaults, writeLimits } from './defaults.ts';

declare const RED: EditorRED;

let table: TagTable | undefined;

const noTags: TableRow[] = [];

RED.nodes.registerType('s7-write', {
  category: 'Bulkhead',
  color: '#9cc7cf',
  defaults: {
    name: { value: writeDefaults.name },
    connection: { value: writeDefaults.connection, type: 's7-connection', required: true },
    deadlineMs: { value: writeDefaults.deadlineMs, validate: isWithinOrVariable(writeLimits.deadlineMs) },
    readBack: { value: writeDefaults.readBack },
    templates: { value: writeDefaults.templates },
    tags: { value: noTags, validate: (tags: unknown) => Array.isArray(tags) && tags.length > 0 },
    version: { value: writeDefaults.version },
  },
  inputs: 1,
  outputs: 1,
  icon: 's7-write.svg',
  align: 'right',
  paletteLabel: 's7 write',
  label() {
    return this.name || 's7 write';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    const translate = (key: string, values?: Record<string, string | number>): string => this._(key, values);
    const label = (name: string): string => translate(`s7-write.column.${name}`);
    const built: TagTable = nodeTagTable({
      host: $('#node-input-tags-table'),
      columns: [...tagColumns(label), ...writingColumns(label)],
      tags: this.tags,
      fileName: 's7-write-tags.csv',
      translate: (key) => translate(`s7-write.${key}`),
      importer: symbolImporter(
        () => built.rows().map((row) => row['topic'] ?? ''),
        (file, reason) => RED.notify(translate('s7-write.import.unreadable', { file, reason }), 'error'),
      ),
      extraButtons: [
        plcBrowseButton({
          host: $('#node-input-tags-table'),
          nodeOf: (id) => RED.nodes.node(id),
          warn: (text) => RED.notify(text, 'warning'),
          translate: (key, values) => translate(`s7-write.browse.${key}`, values),
          table: () => built,
        }),
      ],
    });
    table = built;
    showWhetherWritesAreOff($('#s7-write-off'), (id) => RED.nodes.node(id));
  },
  oneditsave() {
    if (table !== undefined) this.tags = table.rows();
  },
  oneditresize(size) {
    table?.setHeight(heightLeft(size.height));
  },
});
