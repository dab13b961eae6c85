import type { EditorNodeProperties, EditorRED } from 'node-red';
import { unsConnectionDefaults as defaults } from './defaults.ts';

declare const RED: EditorRED;

interface Properties extends EditorNodeProperties {
  version: number;
  source: string;
  url: string;
  protocol: string;
  clientId: string;
  caFile: string;
  certFile: string;
  keyFile: string;
  verify: boolean;
}

interface Login {
  username: string;
  password: string;
}

const isTls = (url: unknown): boolean => /^(mqtts|ssl|wss):/.test(String(url));

RED.nodes.registerType<Properties, Login>('uns-connection', {
  category: 'config',
  defaults: {
    name: { value: defaults.name },
    version: { value: defaults.version },
    source: { value: defaults.source },
    url: {
      value: defaults.url,
      validate(value) {
        return this.source !== 'own' || /^\$\{.+\}$/.test(value) || /^(mqtts?|tcp|ssl|wss?):\/\/[^@]+$/.test(value);
      },
    },
    protocol: { value: defaults.protocol },
    clientId: { value: defaults.clientId },
    caFile: { value: defaults.caFile },
    certFile: { value: defaults.certFile },
    keyFile: { value: defaults.keyFile },
    verify: { value: defaults.verify },
  },
  credentials: { username: { type: 'text' }, password: { type: 'password' } },
  label() {
    return this.name || (this.source === 'own' ? this.url : this._('uns-connection.label.bulkhead'));
  },
  oneditprepare() {
    const source = $('#node-config-input-source');
    const url = $('#node-config-input-url');
    const show = (): void => {
      const isOwn = source.val() === 'own';
      $('.uns-connection-own').toggle(isOwn);
      $('.uns-connection-tls').toggle(isOwn && isTls(url.val()));
    };
    source.on('change', show);
    url.on('input change', show);
    show();
  },
});
