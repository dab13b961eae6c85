/** What a new query starts with; also the complete list of its properties in a flow file. */
export const historianQueryDefaults = {
  name: '',
  version: 1,
  connection: '',
  topics: '',
  from: '-1h',
  to: 'now',
  aggregate: 'raw',
  interval: '1m',
  limit: 10_000,
  output: 'samples',
} as const;

export const aggregates = ['raw', 'avg', 'min', 'max', 'last', 'count'] as const;
export const outputs = ['samples', 'rows'] as const;
