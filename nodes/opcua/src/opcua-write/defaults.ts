/** Shared with the editor. */
export const writeDefaults = {
  name: '',
  connection: '',
  readBack: false,
  withStamp: false,
  deadlineMs: '5000',
  version: 1,
} as const;

export const writeLimits = {
  deadlineMs: { min: 50, max: 3_600_000, whole: true },
} as const;
