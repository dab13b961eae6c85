import type { EditorRED } from 'node-red';
import {
  authentications,
  connectionDefaults as defaults,
  connectionLimits as limits,
  endpointPattern,
} from './defaults.ts';

declare const RED: EditorRED;

/** `${NAME}` is filled in from the environment when the flow starts. */
const variable = /^\$\{\w+\}$/;

function isWithin({ min, max }: { min: number; max: number }): (value: string) => boolean {
  return (value) => {
    const number = Number(value);
    return variable.test(value) || (value !== '' && Number.isInteger(number) && number >= min && number <= max);
  };
}

function showUserFields(): void {
  $('.opcua-connection-user').toggle($('#node-config-input-authentication').val() === authentications[1]);
}

RED.nodes.registerType('opcua-connection', {
  category: 'config',
  defaults: {
    name: { value: defaults.name },
    endpoint: {
      value: defaults.endpoint,
      required: true,
      validate: (value: string) => variable.test(value) || endpointPattern.test(value),
    },
    securityMode: { value: defaults.securityMode },
    securityPolicy: { value: defaults.securityPolicy },
    authentication: { value: defaults.authentication },
    timeoutMs: { value: defaults.timeoutMs, validate: isWithin(limits.timeoutMs) },
    keepAliveMs: { value: defaults.keepAliveMs, validate: isWithin(limits.keepAliveMs) },
    sessionTimeoutMs: { value: defaults.sessionTimeoutMs, validate: isWithin(limits.sessionTimeoutMs) },
    allowWrites: { value: defaults.allowWrites },
    reconnectFirstMs: { value: defaults.reconnectFirstMs, validate: isWithin(limits.reconnectMs) },
    reconnectMaxMs: { value: defaults.reconnectMaxMs, validate: isWithin(limits.reconnectMs) },
    version: { value: defaults.version },
  },
  credentials: {
    user: { type: 'text' },
    password: { type: 'password' },
  },
  label() {
    return this.name || this.endpoint || 'opcua-connection';
  },
  oneditprepare() {
    $('#node-config-input-authentication').on('change', showUserFields);
    showUserFields();
  },
});
