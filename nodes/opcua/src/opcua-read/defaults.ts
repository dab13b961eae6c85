/** Shared with the editor. */
export const readDefaults = {
  name: '',
  connection: '',
  mode: 'subscribe',
  publishingMs: '500',
  pollMs: '1000',
  staleMs: '0',
  output: 'batch',
  diagnosticsS: '0',
  version: 1,
} as const;

export const readLimits = {
  publishingMs: { min: 10, max: 3_600_000, whole: true },
  samplingMs: { min: 0, max: 86_400_000 },
  queueSize: { min: 1, max: 1_000_000, whole: true },
  stepUs: { min: 0.001, max: 3.6e9 },
} as const;

/** A new row of the tag table. The queue holds what changes between two notifications. */
export const tagDefaults = {
  nodeId: '',
  topic: '',
  unit: '',
  scale: '1',
  offset: '0',
  samplingMs: '0',
  queueSize: '100',
  trigger: 'value',
  deadband: '',
  range: '',
  heartbeatS: '',
  indexRange: '',
  as: 'value',
  stepUs: '',
} as const;

export const modes = ['subscribe', 'poll'] as const;

/** What makes the server send a reading: DataChangeTrigger of OPC 10000-4, clause 7.22.2. */
export const triggers = ['status', 'value', 'timestamp'] as const;

/**
 * `value`: the fields of structures and the elements of arrays are tags of their own, enumerations are numbers.
 * `name`: the same, and enumerations are names. `object`: one value with all that is in it.
 */
export const shapes = ['value', 'name', 'object'] as const;
export type Shape = (typeof shapes)[number];

export const outputs = ['batch', 'each'] as const;
export type Output = (typeof outputs)[number];
