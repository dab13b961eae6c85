/** What a new subscriber starts with; also the complete list of its properties in a flow file. */
export const unsSubscribeDefaults = {
  name: '',
  version: 1,
  connection: '',
  filter: 'umh.v1.#',
  batch: false,
  batchMs: 100,
  batchSamples: 500,
} as const;
