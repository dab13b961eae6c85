/** Of every node that reads in intervals; shared with its editor. */
export const pollLimits = {
  pollMs: { min: 10, max: 86_400_000, whole: true },
  staleMs: { min: 0, max: 86_400_000, whole: true },
  diagnosticsS: { min: 0, max: 86_400, whole: true },
  heartbeatS: { min: 1, max: 86_400 },
} as const;

/** More than this one node does not read, however it got them. */
export const mostTags = 50_000;
