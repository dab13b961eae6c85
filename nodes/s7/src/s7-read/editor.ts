import {
  heightLeft,
  isWithin,
  isWithinOrVariable,
  nodeTagTable,
  readingColumns,
  type TableRow,
  type TagColumn,
  type TagTable,
} from '@bulkhead/node-kit/editor';
import type { EditorRED } from 'node-red';
import { plcBrowseButton } from '../editing/browse.ts';
import { symbolImporter } from '../editing/symbol-importer.ts';
import { tagColumns } from '../editing/tag-columns.ts';
import { readDefaults, readLimits } from './defaults.ts';

declare const RED: EditorRED;

let table: TagTable | undefined;

function columns(translate: (key: string) => string): TagColumn[] {
  const label = (name: string): string => translate(`s7-read.column.${name}`);
  const stepUs: TagColumn = {
    name: 'stepUs',
    label: label('stepUs'),
    grow: 2.1,
    value: '',
    isValid: (value) => value === '' || isWithin(readLimits.stepUs, value),
  };
  return [...tagColumns(label), ...readingColumns(label), stepUs];
}

const noTags: TableRow[] = [];

RED.nodes.registerType('s7-read', {
  category: 'Bulkhead',
  color: '#9cc7cf',
  defaults: {
    name: { value: readDefaults.name },
    connection: { value: readDefaults.connection, type: 's7-connection', required: true },
    pollMs: { value: readDefaults.pollMs, validate: isWithinOrVariable(readLimits.pollMs) },
    staleMs: { value: readDefaults.staleMs, validate: isWithinOrVariable(readLimits.staleMs) },
    output: { value: readDefaults.output },
    maxGap: { value: readDefaults.maxGap, validate: isWithinOrVariable(readLimits.maxGap) },
    diagnosticsS: { value: readDefaults.diagnosticsS, validate: isWithinOrVariable(readLimits.diagnosticsS) },
    templates: { value: readDefaults.templates },
    tags: { value: noTags, validate: (tags: unknown) => Array.isArray(tags) && tags.length > 0 },
    version: { value: readDefaults.version },
  },
  inputs: 1,
  outputs: 2,
  outputLabels(index) {
    return this._(`s7-read.outputLabel.${index === 0 ? 'samples' : 'diagnostics'}`);
  },
  icon: 's7-read.svg',
  paletteLabel: 's7 read',
  label() {
    return this.name || 's7 read';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    const translate = (key: string, values?: Record<string, string | number>): string => this._(key, values);
    const built: TagTable = nodeTagTable({
      host: $('#node-input-tags-table'),
      columns: columns(translate),
      tags: this.tags,
      fileName: 's7-tags.csv',
      translate: (key) => translate(`s7-read.${key}`),
      importer: symbolImporter(
        () => built.rows().map((row) => row['topic'] ?? ''),
        (file, reason) => RED.notify(translate('s7-read.import.unreadable', { file, reason }), 'error'),
      ),
      extraButtons: [
        plcBrowseButton({
          host: $('#node-input-tags-table'),
          nodeOf: (id) => RED.nodes.node(id),
          warn: (text) => RED.notify(text, 'warning'),
          translate: (key, values) => translate(`s7-read.browse.${key}`, values),
          table: () => built,
        }),
      ],
    });
    table = built;
  },
  oneditsave() {
    if (table !== undefined) this.tags = table.rows();
  },
  oneditresize(size) {
    table?.setHeight(heightLeft(size.height));
  },
});
