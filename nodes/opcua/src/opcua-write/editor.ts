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
import type { ServerPanelButton } from '../editing/server-panel-button.ts';
import { tagBrowseButton } from '../editing/tag-browse-button.ts';
import { tagColumns } from '../editing/tag-columns.ts';
import { textsOf } from '../editing/texts-of.ts';
import { indexRangePattern } from '../opcua-tag/tag-row.ts';
import { writeDefaults, writeLimits } from './defaults.ts';

declare const RED: EditorRED;

let table: TagTable | undefined;
let browse: ServerPanelButton | undefined;

const closeBrowse = (): void => browse?.close();
const noTags: TableRow[] = [];

RED.nodes.registerType('opcua-write', {
  category: 'Bulkhead',
  color: '#9cc7cf',
  defaults: {
    name: { value: writeDefaults.name },
    connection: { value: writeDefaults.connection, type: 'opcua-connection', required: true },
    deadlineMs: { value: writeDefaults.deadlineMs, validate: isWithinOrVariable(writeLimits.deadlineMs) },
    readBack: { value: writeDefaults.readBack },
    withStamp: { value: writeDefaults.withStamp },
    tags: { value: noTags, validate: (tags: unknown) => Array.isArray(tags) && tags.length > 0 },
    version: { value: writeDefaults.version },
  },
  inputs: 1,
  outputs: 1,
  icon: 'opcua-write.svg',
  align: 'right',
  paletteLabel: 'opcua write',
  label() {
    return this.name || 'opcua write';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    const label = (name: string): string => this._(`opcua-write.column.${name}`);
    const host = $('#node-input-tags-table');
    browse = tagBrowseButton({
      host: host.get(0) ?? document.body,
      nodeOf: (id) => RED.nodes.node(id),
      warn: (text) => RED.notify(text, 'warning'),
      texts: textsOf(RED.nodes.getType('opcua-connection'), 'opcua-connection'),
      table: () => table,
    });
    table = nodeTagTable({
      host,
      columns: [
        ...tagColumns(label),
        ...writingColumns(label),
        {
          name: 'indexRange',
          label: label('indexRange'),
          grow: 1.4,
          value: '',
          isValid: (value) => value === '' || indexRangePattern.test(value),
        },
      ],
      tags: this.tags,
      fileName: 'opcua-write-tags.csv',
      translate: (key) => this._(`opcua-write.${key}`),
      extraButtons: [browse.element],
    });
    showWhetherWritesAreOff($('#opcua-write-off'), (id) => RED.nodes.node(id));
  },
  oneditsave() {
    if (table !== undefined) this.tags = table.rows();
    closeBrowse();
  },
  oneditcancel: closeBrowse,
  oneditdelete: closeBrowse,
  oneditresize(size) {
    table?.setHeight(heightLeft(size.height));
  },
});
