/** What a new connection starts with; also the complete list of its properties in a flow file. */
export const historianConnectionDefaults = {
  name: '',
  version: 1,
  source: 'bulkhead',
  host: 'localhost',
  port: 5432,
  database: 'historian',
  user: 'postgres',
  schema: 'historian',
  tls: 'off',
  caFile: '',
} as const;
