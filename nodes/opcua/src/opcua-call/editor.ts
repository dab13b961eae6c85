import type { EditorRED } from 'node-red';
import { showWhetherWritesAreOff } from '@bulkhead/node-kit/editor';
import { chooseButton } from '../editing/choose-button.ts';
import type { ServerPanelButton } from '../editing/server-panel-button.ts';
import { textsOf } from '../editing/texts-of.ts';
import { isAddress } from '../protocol/address.ts';
import { callDefaults } from './defaults.ts';

declare const RED: EditorRED;

/** Of a method without arguments. */
const none = '–';

let buttons: ServerPanelButton[] = [];

const closeAll = (): void => {
  for (const { close } of buttons) close();
  buttons = [];
};

function isObjectText(text: string): boolean {
  if (text.trim() === '') return true;
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  } catch {
    return false;
  }
}

RED.nodes.registerType('opcua-call', {
  category: 'Bulkhead',
  color: '#9cc7cf',
  defaults: {
    name: { value: callDefaults.name },
    connection: { value: callDefaults.connection, type: 'opcua-connection', required: true },
    objectId: { value: callDefaults.objectId, required: true, validate: isAddress },
    methodId: { value: callDefaults.methodId, required: true, validate: isAddress },
    arguments: { value: callDefaults.arguments, validate: isObjectText },
    takes: { value: callDefaults.takes },
    version: { value: callDefaults.version },
  },
  inputs: 1,
  outputs: 1,
  icon: 'opcua-call.svg',
  paletteLabel: 'opcua call',
  label() {
    return this.name || 'opcua call';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    const method = $('#node-input-methodId');
    const known = $('#node-input-takes');
    const showTakes = (takes: string): void => {
      known.val(takes);
      $('#opcua-call-takes').text(takes === '' ? '' : this._('opcua-call.label.takes', { arguments: takes }));
    };
    // Nodes of flows from before it was kept have nothing there.
    showTakes(String(known.val() ?? ''));
    // Of a method whose address was typed nobody knows what it takes.
    method.on('input', () => showTakes(''));
    const host = document.getElementById('opcua-call-browse') ?? document.body;
    const choose = (name: 'objectId' | 'methodId', nodeClass: 'object' | 'method'): ServerPanelButton =>
      chooseButton({
        field: $(`#node-input-${name}`),
        host,
        label: this._('opcua-call.label.choose'),
        nodeOf: (id) => RED.nodes.node(id),
        warn: (text) => RED.notify(text, 'warning'),
        texts: textsOf(RED.nodes.getType('opcua-connection'), 'opcua-connection'),
        accepts: (node) => node.nodeClass === nodeClass,
        chosen: ({ parent, dataType }) => {
          if (nodeClass === 'method') showTakes(dataType || none);
          // A method is mostly called on what it was found below.
          const object = $('#node-input-objectId');
          if (nodeClass === 'method' && object.val() === '') object.val(parent).trigger('change');
        },
      });
    buttons = [choose('objectId', 'object'), choose('methodId', 'method')];
    showWhetherWritesAreOff($('#opcua-call-off'), (id) => RED.nodes.node(id));
  },
  oneditsave: closeAll,
  oneditcancel: closeAll,
  oneditdelete: closeAll,
});
