import type { EditorNodeProperties, EditorRED } from 'node-red';
import { historianWriteDefaults as defaults } from './defaults.ts';

declare const RED: EditorRED;

interface Properties extends EditorNodeProperties {
  version: number;
  connection: string;
  topic: string;
  batchMs: number;
  batchSamples: number;
  queueSamples: number;
  queueMegabytes: number;
  whenFull: string;
}

const from1To =
  (max: number) =>
  (value: unknown): boolean =>
    Number(value) >= 1 && Number(value) <= max;

RED.nodes.registerType<Properties>('historian-write', {
  category: 'Bulkhead',
  color: '#c5b7d9',
  icon: 'historian-write.svg',
  align: 'right',
  inputs: 1,
  outputs: 0,
  defaults: {
    name: { value: defaults.name },
    version: { value: defaults.version },
    connection: { value: defaults.connection, type: 'historian-connection', required: true },
    topic: { value: defaults.topic },
    batchMs: { value: defaults.batchMs, validate: from1To(60_000) },
    batchSamples: { value: defaults.batchSamples, validate: from1To(50_000) },
    queueSamples: { value: defaults.queueSamples, validate: from1To(10_000_000) },
    queueMegabytes: { value: defaults.queueMegabytes, validate: from1To(4_096) },
    whenFull: { value: defaults.whenFull },
  },
  paletteLabel: 'historian write',
  label() {
    return this.name || 'historian write';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
});
