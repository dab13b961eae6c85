import { createTagTable, type TableRow, type TagColumn, type TagTable } from '@bulkhead/node-kit/editor';
import type { EditorRED } from 'node-red';
import { isAddress } from '../protocol/address.ts';
import { readDefaults, readLimits, tagDefaults, triggers } from './defaults.ts';

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

let table: TagTable | undefined;

function columns(label: (name: string) => string): TagColumn[] {
  return [
    {
      name: 'nodeId',
      label: label('nodeId'),
      grow: 4.5,
      value: tagDefaults.nodeId,
      placeholder: 'ns=2;s=Line1.Temperature',
      isValid: isAddress,
    },
    {
      name: 'topic',
      label: label('topic'),
      grow: 7.5,
      value: tagDefaults.topic,
      placeholder: 'umh.v1.acme.plant1._raw.temperature',
      isValid: (value) => value !== '',
    },
    { name: 'unit', label: label('unit'), grow: 1.1, value: tagDefaults.unit },
    {
      name: 'scale',
      label: label('scale'),
      grow: 1.1,
      value: tagDefaults.scale,
      isValid: (value) => isWithin(readLimits.scale, value) && Number(value) !== 0,
    },
    {
      name: 'samplingMs',
      label: label('samplingMs'),
      grow: 1.9,
      value: tagDefaults.samplingMs,
      isValid: (value) => isWithin(readLimits.samplingMs, value),
    },
    {
      name: 'queueSize',
      label: label('queueSize'),
      grow: 1.2,
      value: tagDefaults.queueSize,
      isValid: (value) => isWithin(readLimits.queueSize, value),
    },
    { name: 'trigger', label: label('trigger'), grow: 1.7, value: tagDefaults.trigger, options: triggers },
    {
      name: 'stepUs',
      label: label('stepUs'),
      grow: 1.5,
      value: tagDefaults.stepUs,
      isValid: (value) => value === '' || isWithin(readLimits.stepUs, value),
    },
  ];
}

/** Rows of a flow file that was written by hand may hold numbers. */
function textRows(tags: unknown): TableRow[] {
  if (!Array.isArray(tags)) return [];
  return tags.map((tag: object) =>
    Object.fromEntries(Object.entries(tag).map(([name, value]) => [name, String(value)])),
  );
}

const noTags: TableRow[] = [];

RED.nodes.registerType('opcua-read', {
  category: 'Bulkhead',
  color: '#9cc7cf',
  defaults: {
    name: { value: readDefaults.name },
    connection: { value: readDefaults.connection, type: 'opcua-connection', required: true },
    publishingMs: {
      value: readDefaults.publishingMs,
      validate: (value: string) => /^\$\{\w+\}$/.test(value) || isWithin(readLimits.publishingMs, value),
    },
    output: { value: readDefaults.output },
    tags: { value: noTags, validate: (tags: unknown) => Array.isArray(tags) && tags.length > 0 },
    version: { value: readDefaults.version },
  },
  inputs: 0,
  outputs: 1,
  icon: 'opcua-read.svg',
  paletteLabel: 'opcua read',
  label() {
    return this.name || 'opcua read';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    const text = (name: string): string => this._(`opcua-read.table.${name}`);
    table = createTagTable($('#node-input-tags-table'), {
      columns: columns((name) => this._(`opcua-read.column.${name}`)),
      rows: textRows(this.tags),
      fileName: 'opcua-tags.csv',
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
