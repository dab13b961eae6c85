import type { EditorRED } from 'node-red';
import { isWithinOrVariable } from '@bulkhead/node-kit/editor';
import { chooseButton } from '../editing/choose-button.ts';
import type { ServerBrowseButton } from '../editing/server-browse-button.ts';
import { textsOf } from '../editing/texts-of.ts';
import { isAddress } from '../protocol/address.ts';
import { eventsDefaults, eventsLimits } from './defaults.ts';

declare const RED: EditorRED;

let browse: ServerBrowseButton | undefined;

const closeBrowse = (): void => browse?.close();

RED.nodes.registerType('opcua-events', {
  category: 'Bulkhead',
  color: '#9cc7cf',
  defaults: {
    name: { value: eventsDefaults.name },
    connection: { value: eventsDefaults.connection, type: 'opcua-connection', required: true },
    nodeId: { value: eventsDefaults.nodeId, validate: isAddress },
    ofType: { value: eventsDefaults.ofType, validate: (text: string) => text === '' || isAddress(text) },
    minSeverity: { value: eventsDefaults.minSeverity, validate: isWithinOrVariable(eventsLimits.minSeverity) },
    fields: { value: eventsDefaults.fields },
    queueSize: { value: eventsDefaults.queueSize, validate: isWithinOrVariable(eventsLimits.queueSize) },
    publishingMs: { value: eventsDefaults.publishingMs, validate: isWithinOrVariable(eventsLimits.publishingMs) },
    version: { value: eventsDefaults.version },
  },
  inputs: 1,
  outputs: 1,
  icon: 'opcua-events.svg',
  paletteLabel: 'opcua events',
  label() {
    return this.name || 'opcua events';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    browse = chooseButton({
      field: $('#node-input-nodeId'),
      host: document.getElementById('opcua-events-browse') ?? document.body,
      label: this._('opcua-events.label.choose'),
      nodeOf: (id) => RED.nodes.node(id),
      warn: (text) => RED.notify(text, 'warning'),
      texts: textsOf(RED.nodes.getType('opcua-connection'), 'opcua-connection'),
      accepts: (node) => node.hasEvents,
    });
  },
  oneditsave: closeBrowse,
  oneditcancel: closeBrowse,
  oneditdelete: closeBrowse,
});
