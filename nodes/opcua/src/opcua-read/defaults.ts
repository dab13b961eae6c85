/** Shared with the editor. */
export const readDefaults = {
  name: '',
  connection: '',
  publishingMs: '500',
  output: 'batch',
  version: 1,
} as const;

export const readLimits = {
  publishingMs: { min: 10, max: 3_600_000, whole: true },
  samplingMs: { min: 0, max: 86_400_000 },
  queueSize: { min: 1, max: 1_000_000, whole: true },
  scale: { min: -1e15, max: 1e15 },
  stepUs: { min: 0.001, max: 3.6e9 },
} as const;

/** A new row of the tag table. The queue holds what changes between two notifications. */
export const tagDefaults = {
  nodeId: '',
  topic: '',
  unit: '',
  scale: '1',
  samplingMs: '0',
  queueSize: '100',
  trigger: 'value',
  stepUs: '',
} as const;

/** What makes the server send a reading: DataChangeTrigger of OPC 10000-4, clause 7.22.2. */
export const triggers = ['status', 'value', 'timestamp'] as const;

export const outputs = ['batch', 'each'] as const;
export type Output = (typeof outputs)[number];
