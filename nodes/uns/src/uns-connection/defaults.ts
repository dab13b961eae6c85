/** What a new connection starts with; also the complete list of its properties in a flow file. */
export const unsConnectionDefaults = {
  name: '',
  version: 1,
  source: 'bulkhead',
  url: 'mqtt://localhost:1883',
  protocol: 'auto',
  clientId: '',
  caFile: '',
  certFile: '',
  keyFile: '',
  verify: true,
} as const;
