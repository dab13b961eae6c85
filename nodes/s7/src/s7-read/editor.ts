import type { TagColumn, TagTable } from '@bulkhead/node-kit/editor';
import type { EditorRED } from 'node-red';
import { browseButton } from '../editing/browse.ts';
import { isWithin, isWithinOrVariable } from '../editing/field-checks.ts';
import { tagColumns } from '../editing/tag-columns.ts';
import { heightLeft, tagTableOf, type TagRow } from '../editing/tag-table-of.ts';
import { deadbandPattern, rangePattern, readDefaults, readLimits, tagDefaults } from './defaults.ts';

declare const RED: EditorRED;

let table: TagTable | undefined;

function columns(translate: (key: string) => string): TagColumn[] {
  const label = (name: string): string => translate(`s7-read.column.${name}`);
  const optional = (limits: { min: number; max: number; whole?: boolean }) => (value: string) =>
    value === '' || isWithin(limits, value);
  return [
    ...tagColumns(label),
    {
      name: 'deadband',
      label: label('deadband'),
      grow: 2.2,
      value: tagDefaults.deadband,
      isValid: (value) => value === '' || deadbandPattern.test(value),
    },
    {
      name: 'range',
      label: label('range'),
      grow: 1.8,
      value: tagDefaults.range,
      isValid: (value, row) => (value === '' ? !(row['deadband'] ?? '').endsWith('%') : rangePattern.test(value)),
    },
    {
      name: 'heartbeatS',
      label: label('heartbeatS'),
      grow: 2.5,
      value: tagDefaults.heartbeatS,
      isValid: optional(readLimits.heartbeatS),
    },
    {
      name: 'pollMs',
      label: label('pollMs'),
      grow: 1.8,
      value: tagDefaults.pollMs,
      isValid: optional(readLimits.pollMs),
    },
    {
      name: 'stepUs',
      label: label('stepUs'),
      grow: 2.1,
      value: tagDefaults.stepUs,
      isValid: optional(readLimits.stepUs),
    },
  ];
}

const noTags: TagRow[] = [];

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
    const built = tagTableOf({
      host: $('#node-input-tags-table'),
      columns: columns(translate),
      tags: this.tags,
      fileName: 's7-tags.csv',
      translate: (key) => translate(`s7-read.${key}`),
      unreadable: (file, reason) => RED.notify(translate('s7-read.import.unreadable', { file, reason }), 'error'),
      extraButtons: [
        browseButton({
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
