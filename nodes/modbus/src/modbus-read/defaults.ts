/** Shared with the editor. */
export const readDefaults = {
  name: '',
  connection: '',
  unitId: '',
  pollMs: '1000',
  output: 'batch',
  maxGap: '0',
  maxRegisters: '125',
  version: 1,
} as const;

export const readLimits = {
  unitId: { min: 0, max: 255, whole: true },
  pollMs: { min: 10, max: 86_400_000, whole: true },
  maxGap: { min: 0, max: 120, whole: true },
  maxRegisters: { min: 4, max: 125, whole: true },
  address: { min: 0, max: 65_535, whole: true },
  number: { min: -1e15, max: 1e15 },
} as const;

/** A new row of the tag table. */
export const tagDefaults = {
  area: 'holding',
  address: '0',
  type: 'uint16',
  order: 'ABCD',
  scale: '1',
  offset: '0',
  unit: '',
  topic: '',
} as const;

export const outputs = ['batch', 'each'] as const;
export type Output = (typeof outputs)[number];
