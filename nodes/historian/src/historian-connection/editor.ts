import type { EditorNodeProperties, EditorRED } from 'node-red';
import { historianConnectionDefaults as defaults } from './defaults.ts';

declare const RED: EditorRED;

interface Properties extends EditorNodeProperties {
  version: number;
  source: string;
  host: string;
  port: number;
  database: string;
  user: string;
  schema: string;
  tls: string;
  caFile: string;
}

interface Login {
  password: string;
}

const isVariable = (value: unknown): boolean => /^\$\{.+\}$/.test(String(value));

RED.nodes.registerType<Properties, Login>('historian-connection', {
  category: 'config',
  defaults: {
    name: { value: defaults.name },
    version: { value: defaults.version },
    source: { value: defaults.source },
    host: {
      value: defaults.host,
      validate(value) {
        return this.source !== 'own' || value !== '';
      },
    },
    port: {
      value: defaults.port,
      validate(value) {
        return this.source !== 'own' || isVariable(value) || (Number(value) >= 1 && Number(value) <= 65_535);
      },
    },
    database: {
      value: defaults.database,
      validate(value) {
        return this.source !== 'own' || value !== '';
      },
    },
    user: {
      value: defaults.user,
      validate(value) {
        return this.source !== 'own' || value !== '';
      },
    },
    schema: { value: defaults.schema, required: true },
    tls: { value: defaults.tls },
    caFile: { value: defaults.caFile },
  },
  credentials: { password: { type: 'password' } },
  label() {
    return (
      this.name ||
      (this.source === 'own' ? `${this.host}/${this.database}` : this._('historian-connection.label.bulkhead'))
    );
  },
  oneditprepare() {
    const source = $('#node-config-input-source');
    const tls = $('#node-config-input-tls');
    const show = (): void => {
      const isOwn = source.val() === 'own';
      $('.historian-connection-own').toggle(isOwn);
      $('.historian-connection-ca').toggle(isOwn && tls.val() === 'verify');
    };
    source.on('change', show);
    tls.on('change', show);
    show();
  },
});
