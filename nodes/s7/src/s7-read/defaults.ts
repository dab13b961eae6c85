import { pollLimits } from '@bulkhead/core';

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
  ...pollLimits,
  maxGap: { min: 0, max: 200, whole: true },
  stepUs: { min: 0.001, max: 1e12 },
} as const;

export const outputs = ['batch', 'each'] as const;
export type Output = (typeof outputs)[number];
