import type { EditorRED } from 'node-red';
import { connectionDefaults, connectionLimits } from './defaults.ts';

declare const RED: EditorRED;

/** Whole numbers within the limits, and `${NAME}`, which Node-RED fills in from the environment. */
function isWithin({ min, max }: { min: number; max: number }): (value: string) => boolean {
  return (value) => {
    if (/^\$\{\w+\}$/.test(value)) return true;
    const number = Number(value);
    return value !== '' && Number.isInteger(number) && number >= min && number <= max;
  };
}

RED.nodes.registerType('modbus-connection', {
  category: 'config',
  defaults: {
    name: { value: connectionDefaults.name },
    host: { value: connectionDefaults.host, required: true },
    port: { value: connectionDefaults.port, validate: isWithin(connectionLimits.port) },
    unitId: { value: connectionDefaults.unitId, validate: isWithin(connectionLimits.unitId) },
    timeoutMs: { value: connectionDefaults.timeoutMs, validate: isWithin(connectionLimits.timeoutMs) },
    maxInFlight: { value: connectionDefaults.maxInFlight, validate: isWithin(connectionLimits.maxInFlight) },
    reconnectFirstMs: { value: connectionDefaults.reconnectFirstMs, validate: isWithin(connectionLimits.reconnectMs) },
    reconnectMaxMs: { value: connectionDefaults.reconnectMaxMs, validate: isWithin(connectionLimits.reconnectMs) },
    version: { value: connectionDefaults.version },
  },
  label() {
    return this.name || (this.host ? [this.host, this.port].join(':') : 'modbus-connection');
  },
});
