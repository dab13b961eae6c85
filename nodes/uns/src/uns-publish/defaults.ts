/** What a new publisher starts with; also the complete list of its properties in a flow file. */
export const unsPublishDefaults = {
  name: '',
  version: 1,
  connection: '',
  topic: '',
  form: 'auto',
  retain: true,
  queueSamples: 50_000,
  queueMegabytes: 32,
  whenFull: 'drop-oldest',
} as const;
