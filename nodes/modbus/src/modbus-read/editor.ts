import { createTagTable, type TableRow, type TagColumn, type TagTable } from '@bulkhead/node-kit/editor';
import type { EditorRED } from 'node-red';
import { AREAS, BYTE_ORDERS, REGISTER_TYPES } from '../protocol/register-type.ts';
import { readDefaults, readLimits, tagDefaults } from './defaults.ts';

declare const RED: EditorRED;

interface Limits {
  min: number;
  max: number;
  whole?: boolean;
}

function isWithin({ min, max, whole = false }: Limits, value: string): boolean {
  const number = Number(value);
  return (
    value !== '' && Number.isFinite(number) && (!whole || Number.isInteger(number)) && number >= min && number <= max
  );
}

function isWithinOrVariable(limits: Limits, isOptional = false): (value: string) => boolean {
  return (value) => (isOptional && value === '') || /^\$\{\w+\}$/.test(value) || isWithin(limits, value);
}

let table: TagTable | undefined;

function columns(translate: (key: string) => string): TagColumn[] {
  const label = (name: string): string => translate(`modbus-read.column.${name}`);
  return [
    {
      name: 'topic',
      label: label('topic'),
      grow: 8,
      value: tagDefaults.topic,
      placeholder: 'umh.v1.acme.plant1._raw.temperature',
      isValid: (value) => value !== '',
    },
    { name: 'area', label: label('area'), grow: 2, value: tagDefaults.area, options: AREAS },
    {
      name: 'address',
      label: label('address'),
      grow: 1.5,
      value: tagDefaults.address,
      isValid: (value) => isWithin(readLimits.address, value),
    },
    {
      name: 'type',
      label: label('type'),
      grow: 2,
      value: tagDefaults.type,
      options: REGISTER_TYPES,
      isValid: (value, row) => value === 'bool' || row['area'] === 'input' || row['area'] === 'holding',
    },
    { name: 'order', label: label('order'), grow: 1.7, value: tagDefaults.order, options: BYTE_ORDERS },
    {
      name: 'scale',
      label: label('scale'),
      grow: 1.2,
      value: tagDefaults.scale,
      isValid: (value) => isWithin(readLimits.number, value) && Number(value) !== 0,
    },
    {
      name: 'offset',
      label: label('offset'),
      grow: 1.2,
      value: tagDefaults.offset,
      isValid: (value) => isWithin(readLimits.number, value),
    },
    { name: 'unit', label: label('unit'), grow: 1.2, value: tagDefaults.unit },
  ];
}

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
    const text = (name: string): string => translate(`modbus-read.table.${name}`);
    table = createTagTable($('#node-input-tags-table'), {
      columns: columns(translate),
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
