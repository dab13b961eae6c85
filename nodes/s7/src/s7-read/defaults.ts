/** Shared with the editor. */
export const readDefaults = {
  name: '',
  connection: '',
  pollMs: '1000',
  staleMs: '0',
  output: 'batch',
  maxGap: '32',
  diagnosticsS: '0',
  templates: '',
  version: 1,
} as const;

export const readLimits = {
  pollMs: { min: 10, max: 86_400_000, whole: true },
  staleMs: { min: 0, max: 86_400_000, whole: true },
  maxGap: { min: 0, max: 200, whole: true },
  diagnosticsS: { min: 0, max: 86_400, whole: true },
  heartbeatS: { min: 1, max: 86_400 },
  stepUs: { min: 0.001, max: 1e12 },
  number: { min: -1e15, max: 1e15 },
} as const;

/** A new row of the tag table. */
export const tagDefaults = {
  topic: '',
  address: '',
  type: '',
  unit: '',
  scale: '1',
  offset: '0',
  deadband: '',
  range: '',
  heartbeatS: '',
  pollMs: '',
  stepUs: '',
} as const;

export const outputs = ['batch', 'each'] as const;
export type Output = (typeof outputs)[number];

/** More than this one reader does not take, however it got them. */
export const mostTags = 50_000;

export const deadbandPattern = /^(\d+(?:\.\d+)?)\s*(%?)$/;
export const rangePattern = /^(-?\d+(?:\.\d+)?)\s*\.\.\s*(-?\d+(?:\.\d+)?)$/;
