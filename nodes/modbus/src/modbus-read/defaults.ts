import { pollLimits } from '@bulkhead/core';

/** Shared with the editor. */
export const readDefaults = {
  name: '',
  connection: '',
  unitId: '',
  notation: 'zero',
  pollMs: '1000',
  staleMs: '0',
  output: 'batch',
  maxGap: '0',
  maxRegisters: '125',
  diagnosticsS: '0',
  version: 1,
} as const;

export const readLimits = {
  ...pollLimits,
  unitId: { min: 0, max: 255, whole: true },
  maxGap: { min: 0, max: 120, whole: true },
  maxRegisters: { min: 4, max: 125, whole: true },
} as const;

export const outputs = ['batch', 'each'] as const;
export type Output = (typeof outputs)[number];
