/** Shared with the editor. */
export const historyDefaults = {
  name: '',
  connection: '',
  mode: 'raw',
  aggregate: 'average',
  intervalMs: '60000',
  mostValues: '10000',
  perRequest: '1000',
  version: 1,
} as const;

export const historyLimits = {
  intervalMs: { min: 0, max: 31_536_000_000 },
  mostValues: { min: 1, max: 10_000_000, whole: true },
  perRequest: { min: 1, max: 100_000, whole: true },
} as const;

export const historyModes = ['raw', 'processed'] as const;

/** Of OPC 10000-13, clause 5.4.3. */
export const aggregates = [
  'average',
  'timeAverage',
  'interpolative',
  'minimum',
  'maximum',
  'range',
  'count',
  'total',
  'start',
  'end',
  'delta',
] as const;
export type AggregateName = (typeof aggregates)[number];
