import type { EditorRED } from 'node-red';
import { isWithinOrVariable } from '@bulkhead/node-kit/editor';
import { chooseButton } from '../editing/choose-button.ts';
import { eventTypePanel } from '../editing/event-type-panel.ts';
import { type ServerPanelButton, serverPanelButton } from '../editing/server-panel-button.ts';
import { textsOf, within } from '../editing/texts-of.ts';
import { isAddress } from '../protocol/address.ts';
import { eventsDefaults, eventsLimits } from './defaults.ts';

declare const RED: EditorRED;

let buttons: ServerPanelButton[] = [];

const closeAll = (): void => {
  for (const { close } of buttons) close();
  buttons = [];
};
const element = (id: string): HTMLElement => document.getElementById(id) ?? document.body;

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
    const texts = textsOf(RED.nodes.getType('opcua-connection'), 'opcua-connection');
    const shared = {
      nodeOf: (id: string) => RED.nodes.node(id),
      warn: (text: string) => RED.notify(text, 'warning'),
      texts,
    };
    const [type, fields] = [$('#node-input-ofType'), $('#node-input-fields')];
    const source = chooseButton({
      ...shared,
      field: $('#node-input-nodeId'),
      host: element('opcua-events-browse'),
      label: this._('opcua-events.label.choose'),
      accepts: (node) => node.hasEvents,
    });
    const types = serverPanelButton({
      ...shared,
      host: element('opcua-events-types'),
      label: this._('opcua-events.types.button'),
      panel: (asked, onClose) =>
        eventTypePanel({
          asked,
          texts,
          translate: within((key, values) => this._(key, values), 'opcua-events.types'),
          type: String(type.val() ?? ''),
          fields: String(fields.val() ?? ''),
          choose(chosen, names) {
            type.val(chosen).trigger('change');
            fields.val(names).trigger('change');
          },
          onClose,
        }),
    });
    element('opcua-events-choose-type').append(types.element);
    buttons = [source, types];
  },
  oneditsave: closeAll,
  oneditcancel: closeAll,
  oneditdelete: closeAll,
});
