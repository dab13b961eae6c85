import {
  heightLeft,
  isWithinOrVariable,
  nodeTagTable,
  readingColumns,
  type TableRow,
  type TagTable,
} from '@bulkhead/node-kit/editor';
import type { EditorRED } from 'node-red';
import { deviceBrowseButton } from '../editing/browse.ts';
import { stepColumn, tagColumns } from '../modbus-tag/columns.ts';
import { readDefaults, readLimits } from './defaults.ts';

declare const RED: EditorRED;

let table: TagTable | undefined;

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
    staleMs: { value: readDefaults.staleMs, validate: isWithinOrVariable(readLimits.staleMs, true) },
    output: { value: readDefaults.output },
    maxGap: { value: readDefaults.maxGap, validate: isWithinOrVariable(readLimits.maxGap) },
    maxRegisters: { value: readDefaults.maxRegisters, validate: isWithinOrVariable(readLimits.maxRegisters) },
    diagnosticsS: { value: readDefaults.diagnosticsS, validate: isWithinOrVariable(readLimits.diagnosticsS, true) },
    tags: { value: noTags, validate: (tags: unknown) => Array.isArray(tags) && tags.length > 0 },
    version: { value: readDefaults.version },
  },
  inputs: 1,
  outputs: 2,
  outputLabels(index) {
    return this._(`modbus-read.outputLabel.${index === 0 ? 'samples' : 'diagnostics'}`);
  },
  icon: 'modbus-read.svg',
  paletteLabel: 'modbus read',
  label() {
    return this.name || 'modbus read';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    const translate = (key: string, values?: Record<string, string | number>): string => this._(key, values);
    // Of a node from before there was a choice.
    if (!this.notation) $('#node-input-notation').val(readDefaults.notation);
    if (!this.staleMs) $('#node-input-staleMs').val(readDefaults.staleMs);
    if (!this.diagnosticsS) $('#node-input-diagnosticsS').val(readDefaults.diagnosticsS);
    const notation = (): string => String($('#node-input-notation').val());
    const label = (name: string): string => translate(`modbus-read.column.${name}`);
    const host = $('#node-input-tags-table');
    const built: TagTable = nodeTagTable({
      host,
      columns: [
        ...tagColumns('modbus-read', translate, notation),
        ...readingColumns(label),
        stepColumn(label('stepUs')),
      ],
      tags: this.tags,
      fileName: 'modbus-tags.csv',
      width: 'min(1200px, 74vw)',
      translate: (key) => translate(`modbus-read.${key}`),
      extraButtons: [
        deviceBrowseButton({
          host,
          nodeOf: (id) => RED.nodes.node(id),
          warn: (text) => RED.notify(text, 'warning'),
          translate: (key, values) => translate(`modbus-read.browse.${key}`, values),
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
