/** A new row of a tag table; shared with the editor. */
export const tagDefaults = {
  area: 'holding',
  address: '0',
  type: 'uint16',
  count: '',
  order: 'ABCD',
  scale: '1',
  offset: '0',
  unit: '',
  unitId: '',
  stepUs: '',
  topic: '',
} as const;

export const tagLimits = {
  unitId: { min: 0, max: 255, whole: true },
  count: { min: 1, max: 250, whole: true },
  stepUs: { min: 0, max: 1e12 },
  number: { min: -1e15, max: 1e15 },
} as const;
