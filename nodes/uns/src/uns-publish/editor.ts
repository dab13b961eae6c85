import type { EditorNodeProperties, EditorRED } from 'node-red';
import { unsPublishDefaults as defaults } from './defaults.ts';

declare const RED: EditorRED;

interface Properties extends EditorNodeProperties {
  version: number;
  connection: string;
  topic: string;
  form: string;
  retain: boolean;
  queueSamples: number;
  queueMegabytes: number;
  whenFull: string;
}

const isAtLeastOne = (value: unknown): boolean => Number(value) >= 1;

RED.nodes.registerType<Properties>('uns-publish', {
  category: 'Bulkhead',
  color: '#9fc7c4',
  icon: 'uns-publish.svg',
  align: 'right',
  inputs: 1,
  outputs: 0,
  defaults: {
    name: { value: defaults.name },
    version: { value: defaults.version },
    connection: { value: defaults.connection, type: 'uns-connection', required: true },
    topic: {
      value: defaults.topic,
      validate: (value) => value === '' || /^\$\{.+\}$/.test(value) || /^umh\.v1\.[\w.-]+$/.test(value),
    },
    form: { value: defaults.form },
    retain: { value: defaults.retain },
    queueSamples: { value: defaults.queueSamples, validate: isAtLeastOne },
    queueMegabytes: { value: defaults.queueMegabytes, validate: isAtLeastOne },
    whenFull: { value: defaults.whenFull },
  },
  paletteLabel: 'uns publish',
  label() {
    return this.name || this.topic || 'uns publish';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
});
