/** Shared with the editor. */
export const eventsDefaults = {
  name: '',
  connection: '',
  /** The Server object, which has all events. */
  nodeId: 'i=2253',
  ofType: '',
  minSeverity: '1',
  fields: '',
  queueSize: '1000',
  publishingMs: '500',
  version: 1,
} as const;

export const eventsLimits = {
  minSeverity: { min: 1, max: 1000, whole: true },
  queueSize: { min: 1, max: 100_000, whole: true },
  publishingMs: { min: 10, max: 3_600_000, whole: true },
} as const;
