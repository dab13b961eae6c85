import { pollLimits } from '@bulkhead/core';
import { heightLeft, isWithinOrVariable, nodeTagTable, type TableRow, type TagTable } from '@bulkhead/node-kit/editor';
import type { EditorRED } from 'node-red';
import type { ServerPanelButton } from '../editing/server-panel-button.ts';
import { tagBrowseButton } from '../editing/tag-browse-button.ts';
import { textsOf } from '../editing/texts-of.ts';
import { readColumns } from './columns.ts';
import { readDefaults, readLimits } from './defaults.ts';

declare const RED: EditorRED;

let table: TagTable | undefined;
let browse: ServerPanelButton | undefined;

const closeBrowse = (): void => browse?.close();

function showInterval(): void {
  const isPolling = $('#node-input-mode').val() === 'poll';
  $('.opcua-read-poll').toggle(isPolling);
  $('.opcua-read-subscribe').toggle(!isPolling);
}

const noTags: TableRow[] = [];

RED.nodes.registerType('opcua-read', {
  category: 'Bulkhead',
  color: '#9cc7cf',
  defaults: {
    name: { value: readDefaults.name },
    connection: { value: readDefaults.connection, type: 'opcua-connection', required: true },
    mode: { value: readDefaults.mode },
    publishingMs: { value: readDefaults.publishingMs, validate: isWithinOrVariable(readLimits.publishingMs) },
    pollMs: { value: readDefaults.pollMs, validate: isWithinOrVariable(pollLimits.pollMs, true) },
    staleMs: { value: readDefaults.staleMs, validate: isWithinOrVariable(pollLimits.staleMs, true) },
    output: { value: readDefaults.output },
    diagnosticsS: { value: readDefaults.diagnosticsS, validate: isWithinOrVariable(pollLimits.diagnosticsS, true) },
    tags: { value: noTags, validate: (tags: unknown) => Array.isArray(tags) && tags.length > 0 },
    version: { value: readDefaults.version },
  },
  inputs: 1,
  outputs: 2,
  outputLabels(index) {
    return this._(`opcua-read.outputLabel.${index === 0 ? 'samples' : 'diagnostics'}`);
  },
  icon: 'opcua-read.svg',
  paletteLabel: 'opcua read',
  label() {
    return this.name || 'opcua read';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    // Nodes of flows from before there was a choice have none of these yet.
    for (const name of ['mode', 'pollMs', 'staleMs', 'diagnosticsS'] as const) {
      const field = $(`#node-input-${name}`);
      if (!field.val()) field.val(readDefaults[name]);
    }
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
      columns: readColumns((name) => this._(`opcua-read.column.${name}`)),
      tags: this.tags,
      fileName: 'opcua-tags.csv',
      translate: (key) => this._(`opcua-read.${key}`),
      extraButtons: [browse.element],
      width: 'min(1200px, 73vw)',
    });
    $('#node-input-mode').on('change', showInterval);
    showInterval();
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
