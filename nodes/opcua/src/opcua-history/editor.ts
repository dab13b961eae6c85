import { heightLeft, isWithinOrVariable, nodeTagTable, type TableRow, type TagTable } from '@bulkhead/node-kit/editor';
import type { EditorRED } from 'node-red';
import type { ServerPanelButton } from '../editing/server-panel-button.ts';
import { tagBrowseButton } from '../editing/tag-browse-button.ts';
import { tagColumns } from '../editing/tag-columns.ts';
import { textsOf } from '../editing/texts-of.ts';
import { aggregates, historyDefaults, historyLimits } from './defaults.ts';

declare const RED: EditorRED;

let table: TagTable | undefined;
let browse: ServerPanelButton | undefined;

const closeBrowse = (): void => browse?.close();
const noTags: TableRow[] = [];

function showAggregate(): void {
  $('.opcua-history-processed').toggle($('#node-input-mode').val() === 'processed');
}

RED.nodes.registerType('opcua-history', {
  category: 'Bulkhead',
  color: '#9cc7cf',
  defaults: {
    name: { value: historyDefaults.name },
    connection: { value: historyDefaults.connection, type: 'opcua-connection', required: true },
    mode: { value: historyDefaults.mode },
    aggregate: { value: historyDefaults.aggregate },
    intervalMs: { value: historyDefaults.intervalMs, validate: isWithinOrVariable(historyLimits.intervalMs) },
    mostValues: { value: historyDefaults.mostValues, validate: isWithinOrVariable(historyLimits.mostValues) },
    perRequest: { value: historyDefaults.perRequest, validate: isWithinOrVariable(historyLimits.perRequest) },
    tags: { value: noTags, validate: (tags: unknown) => Array.isArray(tags) && tags.length > 0 },
    version: { value: historyDefaults.version },
  },
  inputs: 1,
  outputs: 2,
  outputLabels(index) {
    return this._(`opcua-history.outputLabel.${index === 0 ? 'samples' : 'summary'}`);
  },
  icon: 'opcua-history.svg',
  paletteLabel: 'opcua history',
  label() {
    return this.name || 'opcua history';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    const choice = $('#node-input-aggregate');
    for (const aggregate of aggregates) {
      choice.append(new Option(this._(`opcua-history.aggregate.${aggregate}`), aggregate));
    }
    choice.val(this.aggregate);
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
      columns: tagColumns((name) => this._(`opcua-history.column.${name}`)),
      tags: this.tags,
      fileName: 'opcua-history-tags.csv',
      translate: (key) => this._(`opcua-history.${key}`),
      extraButtons: [browse.element],
    });
    $('#node-input-mode').on('change', showAggregate);
    showAggregate();
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
