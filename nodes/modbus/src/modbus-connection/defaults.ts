/** Shared with the editor. */
export const connectionDefaults = {
  name: '',
  host: '',
  port: '502',
  unitId: '1',
  timeoutMs: '1000',
  maxInFlight: '4',
  reconnectFirstMs: '500',
  reconnectMaxMs: '15000',
  version: 1,
} as const;

export const connectionLimits = {
  port: { min: 1, max: 65_535, whole: true },
  unitId: { min: 0, max: 255, whole: true },
  timeoutMs: { min: 20, max: 120_000, whole: true },
  maxInFlight: { min: 1, max: 20, whole: true },
  reconnectMs: { min: 10, max: 600_000, whole: true },
} as const;
