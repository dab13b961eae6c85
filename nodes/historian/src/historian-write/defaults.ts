/** What a new writer starts with; also the complete list of its properties in a flow file. */
export const historianWriteDefaults = {
  name: '',
  version: 1,
  connection: '',
  topic: '',
  batchMs: 250,
  batchSamples: 5_000,
  queueSamples: 100_000,
  queueMegabytes: 64,
  whenFull: 'drop-oldest',
} as const;
