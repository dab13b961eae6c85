/** Shared with the editor. */
export const writeDefaults = {
  name: '',
  connection: '',
  unitId: '',
  notation: 'zero',
  deadlineMs: '5000',
  readBack: 'off',
  bits: 'mask',
  maxRegisters: '123',
  alwaysMany: false,
  version: 1,
} as const;

export const writeLimits = {
  unitId: { min: 0, max: 255, whole: true },
  deadlineMs: { min: 50, max: 3_600_000, whole: true },
  maxRegisters: { min: 4, max: 123, whole: true },
} as const;

/** `along`: by function 23, which writes and reads in one request. */
export const readBacks = ['off', 'after', 'along'] as const;
export type ReadBack = (typeof readBacks)[number];

/** Bits of a register: function 22, or read, change and write. */
export const bitWays = ['mask', 'change'] as const;
export type BitWay = (typeof bitWays)[number];
