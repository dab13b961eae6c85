import type { EditorNodeProperties, EditorRED } from 'node-red';
import { unsSubscribeDefaults as defaults } from './defaults.ts';

declare const RED: EditorRED;

interface Properties extends EditorNodeProperties {
  version: number;
  connection: string;
  filter: string;
  batch: boolean;
  batchMs: number;
  batchSamples: number;
}

const outputKeys = ['samples', 'relational', 'rejected'];

RED.nodes.registerType<Properties>('uns-subscribe', {
  category: 'Bulkhead',
  color: '#9fc7c4',
  icon: 'uns-subscribe.svg',
  inputs: 0,
  outputs: 3,
  defaults: {
    name: { value: defaults.name },
    version: { value: defaults.version },
    connection: { value: defaults.connection, type: 'uns-connection', required: true },
    filter: { value: defaults.filter, required: true },
    batch: { value: defaults.batch },
    batchMs: { value: defaults.batchMs, validate: (value) => Number(value) >= 1 && Number(value) <= 60_000 },
    batchSamples: { value: defaults.batchSamples, validate: (value) => Number(value) >= 1 && Number(value) <= 100_000 },
  },
  paletteLabel: 'uns subscribe',
  label() {
    return this.name || this.filter || 'uns subscribe';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  outputLabels(index) {
    return this._(`uns-subscribe.output.${outputKeys[index] ?? 'samples'}`);
  },
  oneditprepare() {
    const batch = $('#node-input-batch');
    const show = (): void => void $('.uns-subscribe-batch').toggle(batch.is(':checked'));
    batch.on('change', show);
    show();
  },
});
