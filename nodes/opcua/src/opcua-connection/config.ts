import { type ConfigReader, configReader, readRows, type ReadResult } from '@bulkhead/node-kit';
import { aliasPattern } from '../protocol/address.ts';
import {
  authentications,
  certificateSources,
  connectionDefaults as defaults,
  connectionLimits as limits,
  endpointPattern,
  securityModes,
  securityPolicies,
} from './defaults.ts';

export type Identity =
  | { kind: 'anonymous' }
  | { kind: 'user'; user: string; password: string }
  /** Certificate and key are PEM texts, or the paths of files with these. An empty passphrase is none. */
  | { kind: 'certificate'; from: 'text' | 'file'; certificate: string; key: string; passphrase: string };

export interface OpcuaConnectionConfig {
  /** At least one; the first is preferred. */
  endpoints: readonly string[];
  security: { mode: (typeof securityModes)[number]; policy: (typeof securityPolicies)[number] };
  /** A server certificate that a person trusts counts also after it expired. */
  acceptExpired: boolean;
  identity: Identity;
  /** For the connection and for each answer. */
  timeoutMs: number;
  /** At most this long without a sign of life from the server before it is asked for one. */
  keepAliveMs: number;
  /** How long the server keeps the session, and what it queued, while the connection is down. */
  sessionTimeoutMs: number;
  /** Nodes may write, call methods and acknowledge alarms. */
  allowWrites: boolean;
  reconnectFirstMs: number;
  reconnectMaxMs: number;
  /** Short names for the URIs of namespaces. */
  aliases: ReadonlyMap<string, string>;
}

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

function readEndpoints(reader: ConfigReader): string[] {
  const others = reader.text('otherEndpoints', '').split(/[\s,]+/);
  const endpoints = [reader.text('endpoint', ''), ...others.filter((text) => text !== '')];
  for (const endpoint of endpoints) {
    if (endpointPattern.test(endpoint)) continue;
    reader.problem(`endpoint is "${endpoint}", it must look like opc.tcp://192.168.0.10:4840`);
  }
  return [...new Set(endpoints)];
}

function readSecurity(reader: ConfigReader): OpcuaConnectionConfig['security'] {
  const mode = reader.choice('securityMode', securityModes, 'None');
  const policy = reader.choice('securityPolicy', securityPolicies, 'None');
  // The form keeps the policy while the mode is None.
  if (mode === 'None') return { mode, policy: 'None' };
  if (policy === 'None') reader.problem(`securityMode is ${mode}, so securityPolicy must be another than None`);
  return { mode, policy };
}

function readIdentity(reader: ConfigReader, secrets: ConfigReader): Identity {
  switch (reader.choice('authentication', authentications, 'anonymous')) {
    case 'anonymous':
      return { kind: 'anonymous' };
    case 'user': {
      const user = secrets.text('user', '');
      if (user === '') reader.problem('the user name is missing, give one or choose anonymous');
      return { kind: 'user', user, password: secrets.text('password', '') };
    }
    case 'certificate': {
      const from = reader.choice('userCertificateFrom', certificateSources, 'text');
      const isText = from === 'text';
      const certificate = isText ? secrets.text('userCertificate', '') : reader.text('userCertificateFile', '');
      const key = isText ? secrets.text('userKey', '') : reader.text('userKeyFile', '');
      if (certificate === '') reader.problem("the user's certificate is missing");
      if (key === '') reader.problem("the user's private key is missing");
      return { kind: 'certificate', from, certificate, key, passphrase: secrets.text('userKeyPassphrase', '') };
    }
  }
}

/** Reads an `opcua-connection` as it stands in a flow file, or gives everything that is wrong with it in one line. */
export function readOpcuaConnection(raw: object, credentials: unknown): ReadResult<OpcuaConnectionConfig> {
  const reader = configReader(raw);
  const config: OpcuaConnectionConfig = {
    endpoints: readEndpoints(reader),
    security: readSecurity(reader),
    acceptExpired: reader.flag('acceptExpired', defaults.acceptExpired),
    identity: readIdentity(reader, configReader(credentials)),
    timeoutMs: reader.number('timeoutMs', Number(defaults.timeoutMs), limits.timeoutMs),
    keepAliveMs: reader.number('keepAliveMs', Number(defaults.keepAliveMs), limits.keepAliveMs),
    sessionTimeoutMs: reader.number('sessionTimeoutMs', Number(defaults.sessionTimeoutMs), limits.sessionTimeoutMs),
    allowWrites: reader.flag('allowWrites', defaults.allowWrites),
    reconnectFirstMs: reader.number('reconnectFirstMs', Number(defaults.reconnectFirstMs), limits.reconnectMs),
    reconnectMaxMs: reader.number('reconnectMaxMs', Number(defaults.reconnectMaxMs), limits.reconnectMs),
    aliases: readAliases(reader, Reflect.get(raw, 'aliases')),
  };
  // The partition reads it (docs/decisions/0060); here it is only checked.
  if (reader.text('maxSessions', '') !== '') reader.number('maxSessions', 1, limits.maxSessions);
  return reader.problems.length === 0 ? { ok: true, config } : { ok: false, problem: reader.problems.join('; ') };
}
