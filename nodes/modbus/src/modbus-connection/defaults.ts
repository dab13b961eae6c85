/** Shared with the editor. */
export const connectionDefaults = {
  name: '',
  mode: 'tcp',
  host: '',
  port: '502',
  serialPath: '',
  baudRate: '19200',
  parity: 'even',
  dataBits: '8',
  stopBits: '1',
  unitId: '1',
  timeoutMs: '1000',
  maxInFlight: '1',
  maxSessions: '',
  allowWrites: false,
  reconnectFirstMs: '500',
  reconnectMaxMs: '15000',
  version: 1,
} as const;

export const connectionLimits = {
  port: { min: 1, max: 65_535, whole: true },
  baudRate: { min: 50, max: 4_000_000, whole: true },
  unitId: { min: 0, max: 255, whole: true },
  timeoutMs: { min: 20, max: 120_000, whole: true },
  maxInFlight: { min: 1, max: 20, whole: true },
  maxSessions: { min: 1, max: 64, whole: true },
  reconnectMs: { min: 10, max: 600_000, whole: true },
} as const;

/** Modbus TCP, serial frames over TCP, serial frames over a serial line. */
export const modes = ['tcp', 'rtu-tcp', 'rtu'] as const;
export type Mode = (typeof modes)[number];

export const parities = ['none', 'even', 'odd'] as const;
export const dataBits = ['7', '8'] as const;
export const stopBits = ['1', '2'] as const;
export const baudRates = ['1200', '2400', '4800', '9600', '19200', '38400', '57600', '115200'] as const;
