import type { TagColumn, TagTable } from '@bulkhead/node-kit/editor';
import type { EditorRED } from 'node-red';
import { browseButton } from '../editing/browse.ts';
import { isWithin, isWithinOrVariable } from '../editing/field-checks.ts';
import { tagColumns } from '../editing/tag-columns.ts';
import { heightLeft, tagTableOf, type TagRow } from '../editing/tag-table-of.ts';
import { tagDefaults, writeDefaults, writeLimits } from './defaults.ts';

declare const RED: EditorRED;

let table: TagTable | undefined;

function columns(translate: (key: string) => string): TagColumn[] {
  const label = (name: string): string => translate(`s7-write.column.${name}`);
  const isLimit = (value: string): boolean => value === '' || isWithin(writeLimits.number, value);
  return [
    ...tagColumns(label),
    { name: 'min', label: label('min'), grow: 1.2, value: tagDefaults.min, isValid: isLimit },
    { name: 'max', label: label('max'), grow: 1.2, value: tagDefaults.max, isValid: isLimit },
  ];
}

/** Says it where it can be seen, long before the first message is refused. */
function showWhetherOff(): void {
  const connection: unknown = RED.nodes.node(String($('#node-input-connection').val() ?? ''));
  const isOff =
    typeof connection === 'object' && connection !== null && Reflect.get(connection, 'allowWrites') !== true;
  $('#s7-write-off').toggle(isOff);
}

const noTags: TagRow[] = [];

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
    const built = tagTableOf({
      host: $('#node-input-tags-table'),
      columns: columns(translate),
      tags: this.tags,
      fileName: 's7-write-tags.csv',
      translate: (key) => translate(`s7-write.${key}`),
      unreadable: (file, reason) => RED.notify(translate('s7-write.import.unreadable', { file, reason }), 'error'),
      extraButtons: [
        browseButton({
          host: $('#node-input-tags-table'),
          nodeOf: (id) => RED.nodes.node(id),
          warn: (text) => RED.notify(text, 'warning'),
          translate: (key, values) => translate(`s7-write.browse.${key}`, values),
          table: () => built,
        }),
      ],
    });
    table = built;
    $('#node-input-connection').on('change', showWhetherOff);
    showWhetherOff();
  },
  oneditsave() {
    if (table !== undefined) this.tags = table.rows();
  },
  oneditresize(size) {
    table?.setHeight(heightLeft(size.height));
  },
});
