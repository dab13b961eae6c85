import { type ConfigReader, configReader, readRows } from '@bulkhead/node-kit';
import { aliasPattern } from '../protocol/address.ts';
import {
  authentications,
  connectionDefaults as defaults,
  connectionLimits as limits,
  endpointPattern,
  securityModes,
  securityPolicies,
} from './defaults.ts';

export type Identity = { kind: 'anonymous' } | { kind: 'user'; user: string; password: string };

export interface OpcuaConnectionConfig {
  endpoint: string;
  security: { mode: (typeof securityModes)[number]; policy: (typeof securityPolicies)[number] };
  identity: Identity;
  /** For the connection and for each answer. */
  timeoutMs: number;
  /** At most this long without a sign of life from the server before it is asked for one. */
  keepAliveMs: number;
  /** How long the server keeps the session, and what it queued, while the connection is down. */
  sessionTimeoutMs: number;
  reconnectFirstMs: number;
  reconnectMaxMs: number;
  /** Short names for the URIs of namespaces. */
  aliases: ReadonlyMap<string, string>;
}

export type ReadResult<Config> = { ok: true; config: Config } | { ok: false; problem: string };

function readAliases(reader: ConfigReader, table: unknown): ReadonlyMap<string, string> {
  const aliases = new Map<string, string>();
  if (table === undefined) return aliases;
  readRows(reader, table, (row) => {
    const alias = row.text('alias', '');
    const uri = row.text('uri', '');
    if (!aliasPattern.test(alias)) row.problem(`alias "${alias}" must be a letter, then letters, digits, - or _`);
    if (uri === '') row.problem(`alias "${alias}" has no namespace URI`);
    if (aliases.has(alias)) row.problem(`alias "${alias}" is already used`);
    aliases.set(alias, uri);
  });
  return aliases;
}

/** Reads an `opcua-connection` as it stands in a flow file, or gives everything that is wrong with it in one line. */
export function readOpcuaConnection(raw: object, credentials: unknown): ReadResult<OpcuaConnectionConfig> {
  const reader = configReader(raw);
  const secrets = configReader(credentials);
  const endpoint = reader.text('endpoint', '');
  if (!endpointPattern.test(endpoint)) {
    reader.problem(`endpoint is "${endpoint}", it must look like opc.tcp://192.168.0.10:4840`);
  }
  const user = secrets.text('user', '');
  const isUser = reader.choice('authentication', authentications, 'anonymous') === 'user';
  if (isUser && user === '') reader.problem('the user name is missing, give one or choose anonymous');
  const config: OpcuaConnectionConfig = {
    endpoint,
    security: {
      mode: reader.choice('securityMode', securityModes, 'None'),
      policy: reader.choice('securityPolicy', securityPolicies, 'None'),
    },
    identity: isUser ? { kind: 'user', user, password: secrets.text('password', '') } : { kind: 'anonymous' },
    timeoutMs: reader.number('timeoutMs', Number(defaults.timeoutMs), limits.timeoutMs),
    keepAliveMs: reader.number('keepAliveMs', Number(defaults.keepAliveMs), limits.keepAliveMs),
    sessionTimeoutMs: reader.number('sessionTimeoutMs', Number(defaults.sessionTimeoutMs), limits.sessionTimeoutMs),
    reconnectFirstMs: reader.number('reconnectFirstMs', Number(defaults.reconnectFirstMs), limits.reconnectMs),
    reconnectMaxMs: reader.number('reconnectMaxMs', Number(defaults.reconnectMaxMs), limits.reconnectMs),
    aliases: readAliases(reader, Reflect.get(raw, 'aliases')),
  };
  return reader.problems.length === 0 ? { ok: true, config } : { ok: false, problem: reader.problems.join('; ') };
}
