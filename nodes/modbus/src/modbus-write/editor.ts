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
import { deviceBrowseButton } from '../editing/browse.ts';
import { tagColumns } from '../modbus-tag/columns.ts';
import { writeDefaults, writeLimits } from './defaults.ts';

declare const RED: EditorRED;

let table: TagTable | undefined;

const noTags: TableRow[] = [];

RED.nodes.registerType('modbus-write', {
  category: 'Bulkhead',
  color: '#9cc7cf',
  defaults: {
    name: { value: writeDefaults.name },
    connection: { value: writeDefaults.connection, type: 'modbus-connection', required: true },
    unitId: { value: writeDefaults.unitId, validate: isWithinOrVariable(writeLimits.unitId, true) },
    notation: { value: writeDefaults.notation },
    deadlineMs: { value: writeDefaults.deadlineMs, validate: isWithinOrVariable(writeLimits.deadlineMs) },
    readBack: { value: writeDefaults.readBack },
    bits: { value: writeDefaults.bits },
    maxRegisters: { value: writeDefaults.maxRegisters, validate: isWithinOrVariable(writeLimits.maxRegisters) },
    alwaysMany: { value: writeDefaults.alwaysMany },
    tags: { value: noTags, validate: (tags: unknown) => Array.isArray(tags) && tags.length > 0 },
    version: { value: writeDefaults.version },
  },
  inputs: 1,
  outputs: 1,
  icon: 'modbus-write.svg',
  align: 'right',
  paletteLabel: 'modbus write',
  label() {
    return this.name || 'modbus write';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    const translate = (key: string, values?: Record<string, string | number>): string => this._(key, values);
    const label = (name: string): string => translate(`modbus-write.column.${name}`);
    const notation = (): string => String($('#node-input-notation').val());
    const host = $('#node-input-tags-table');
    const built: TagTable = nodeTagTable({
      host,
      columns: [...tagColumns('modbus-write', translate, notation), ...writingColumns(label)],
      tags: this.tags,
      fileName: 'modbus-write-tags.csv',
      translate: (key) => translate(`modbus-write.${key}`),
      extraButtons: [
        deviceBrowseButton({
          host,
          nodeOf: (id) => RED.nodes.node(id),
          warn: (text) => RED.notify(text, 'warning'),
          translate: (key, values) => translate(`modbus-write.browse.${key}`, values),
          table: () => built,
        }),
      ],
    });
    table = built;
    showWhetherWritesAreOff($('#modbus-write-off'), (id) => RED.nodes.node(id));
  },
  oneditsave() {
    if (table !== undefined) this.tags = table.rows();
  },
  oneditresize(size) {
    table?.setHeight(heightLeft(size.height));
  },
});
