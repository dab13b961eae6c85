/** Shared with the editor. */
export const writeDefaults = {
  name: '',
  connection: '',
  readBack: false,
  deadlineMs: '5000',
  templates: '',
  version: 1,
} as const;

export const writeLimits = {
  deadlineMs: { min: 50, max: 3_600_000, whole: true },
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
  min: '',
  max: '',
} as const;
