/** Shared with the editor. */
export const connectionDefaults = {
  name: '',
  host: '',
  port: '102',
  plc: 's7-1500',
  rack: '0',
  slot: '1',
  localTsap: '0100',
  remoteTsap: '0200',
  timeoutMs: '2000',
  pduBytes: '960',
  parallel: '8',
  allowWrites: false,
  maxSessions: '',
  symbols: '',
  reconnectFirstMs: '500',
  reconnectMaxMs: '15000',
  version: 1,
} as const;

export const connectionLimits = {
  port: { min: 1, max: 65_535, whole: true },
  rack: { min: 0, max: 7, whole: true },
  slot: { min: 0, max: 31, whole: true },
  timeoutMs: { min: 20, max: 120_000, whole: true },
  pduBytes: { min: 112, max: 4_096, whole: true },
  maxSessions: { min: 1, max: 64, whole: true },
  parallel: { min: 1, max: 32, whole: true },
  reconnectMs: { min: 10, max: 600_000, whole: true },
} as const;

export const plcs = ['s7-1500', 's7-1200', 's7-400', 's7-300', 'logo', 'rack', 'tsap'] as const;
export type Plc = (typeof plcs)[number];

/** Where each PLC of the family usually is: by rack and slot, or by the access points of the transport layer. */
export const presets: Readonly<
  Record<Plc, { rack: string; slot: string } | { localTsap: string; remoteTsap: string } | undefined>
> = {
  's7-1500': { rack: '0', slot: '1' },
  's7-1200': { rack: '0', slot: '1' },
  's7-400': { rack: '0', slot: '3' },
  's7-300': { rack: '0', slot: '2' },
  logo: { localTsap: '0100', remoteTsap: '0200' },
  rack: undefined,
  tsap: undefined,
};

export function isByTsap(plc: Plc): boolean {
  return plc === 'logo' || plc === 'tsap';
}

/** Two bytes in hexadecimal, as `0100` or `01.00`. */
export const tsapPattern = /^([0-9A-Fa-f]{2})\.?([0-9A-Fa-f]{2})$/;
