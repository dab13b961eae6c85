import { isRecord } from '@bulkhead/core';
import { configReader } from '@bulkhead/node-kit';
import { historianConnectionDefaults as defaults } from './defaults.ts';

export interface HistorianConnectionConfig {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password?: string;
  readonly schema: string;
  readonly tls: { readonly mode: 'off' | 'encrypt' | 'verify'; readonly caFile: string };
}

export type ReadConfig =
  | { readonly ok: true; readonly config: HistorianConnectionConfig }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads a `historian-connection`. `service` is what the house provides as `postgres`; where the source is `bulkhead` it
 * decides everything but the schema.
 */
export function readHistorianConnection(raw: unknown, credentials: unknown, service: unknown): ReadConfig {
  const own = configReader(raw);
  const source = own.choice('source', ['bulkhead', 'own'], defaults.source);
  if (source === 'bulkhead' && !isRecord(service)) {
    return {
      ok: false,
      problem:
        'no database is provided here: run the flow in Bulkhead, or set the source of the connection to a database of your own',
    };
  }
  const read = source === 'bulkhead' ? configReader(service) : own;
  const secrets = source === 'bulkhead' ? service : credentials;
  const password = isRecord(secrets) && typeof secrets['password'] === 'string' ? secrets['password'] : '';
  const schema = own.text('schema', defaults.schema);
  // The name of a PostgreSQL object has at most 63 bytes; a longer one is cut without a word.
  if (schema === '' || Buffer.byteLength(schema) > 63) own.problem('the schema needs a name of 1 to 63 bytes');
  if (schema.startsWith('pg_')) own.problem('the schema cannot start with pg_: such names belong to PostgreSQL');
  const config: HistorianConnectionConfig = {
    host: read.text('host', defaults.host),
    port: read.number('port', defaults.port, { min: 1, max: 65_535, whole: true }),
    database: read.text('database', defaults.database),
    user: read.text('user', defaults.user),
    schema,
    tls:
      source === 'bulkhead'
        ? { mode: 'off', caFile: '' }
        : {
            mode: own.choice('tls', ['off', 'encrypt', 'verify'], defaults.tls),
            caFile: own.text('caFile', defaults.caFile),
          },
    ...(password === '' ? {} : { password }),
  };
  for (const name of ['host', 'database', 'user'] as const) {
    if (config[name] === '') read.problem(`${name} is missing`);
  }
  const problems = [...new Set([...own.problems, ...read.problems])];
  return problems.length > 0 ? { ok: false, problem: problems.join('; ') } : { ok: true, config };
}
