import type { EditorNodeProperties, EditorRED } from 'node-red';
import { historianQueryDefaults as defaults } from './defaults.ts';
import { durationMs } from './duration.ts';

declare const RED: EditorRED;

interface Properties extends EditorNodeProperties {
  version: number;
  connection: string;
  topics: string;
  from: string;
  to: string;
  aggregate: string;
  interval: string;
  limit: number;
  output: string;
}

RED.nodes.registerType<Properties>('historian-query', {
  category: 'Bulkhead',
  color: '#c5b7d9',
  icon: 'historian-query.svg',
  inputs: 1,
  outputs: 1,
  defaults: {
    name: { value: defaults.name },
    version: { value: defaults.version },
    connection: { value: defaults.connection, type: 'historian-connection', required: true },
    topics: { value: defaults.topics },
    from: { value: defaults.from, required: true },
    to: { value: defaults.to, required: true },
    aggregate: { value: defaults.aggregate },
    interval: {
      value: defaults.interval,
      validate(value) {
        return this.aggregate === 'raw' || durationMs(value) !== undefined;
      },
    },
    limit: { value: defaults.limit, validate: (value) => Number(value) >= 1 && Number(value) <= 1_000_000 },
    output: { value: defaults.output },
  },
  paletteLabel: 'historian query',
  label() {
    return this.name || this.topics || 'historian query';
  },
  labelStyle() {
    return this.name ? 'node_label_italic' : '';
  },
  oneditprepare() {
    const aggregate = $('#node-input-aggregate');
    const show = (): void => void $('.historian-query-interval').toggle(aggregate.val() !== 'raw');
    aggregate.on('change', show);
    show();
  },
});
