import { connectionDefaults } from '../modbus-connection/defaults.ts';

/** Shared with the editor. */
export const serverDefaults = {
  name: '',
  mode: 'tcp',
  host: '127.0.0.1',
  port: '1502',
  maxClients: '16',
  serialPath: connectionDefaults.serialPath,
  baudRate: connectionDefaults.baudRate,
  parity: connectionDefaults.parity,
  dataBits: connectionDefaults.dataBits,
  stopBits: connectionDefaults.stopBits,
  unitId: '',
  whenBad: 'exception',
  output: 'batch',
  notation: 'zero',
  version: 1,
} as const;

export const serverLimits = {
  port: { min: 1, max: 65_535, whole: true },
  maxClients: { min: 1, max: 256, whole: true },
  unitId: { min: 0, max: 255, whole: true },
} as const;

export const serverModes = ['tcp', 'rtu'] as const;

/** What a client is given for a tag whose last sample was bad. */
export const badWays = ['exception', 'last'] as const;
export type BadWay = (typeof badWays)[number];

export const outputs = ['batch', 'each'] as const;
export type Output = (typeof outputs)[number];

/** Whether clients may write a tag. */
export const accesses = ['read', 'write'] as const;
