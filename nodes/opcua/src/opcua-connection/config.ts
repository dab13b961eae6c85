import { configReader } from '@bulkhead/node-kit';
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
}

export type ReadResult<Config> = { ok: true; config: Config } | { ok: false; problem: string };

/** Reads an `opcua-connection` as it stands in a flow file, or gives everything that is wrong with it in one line. */
export function readOpcuaConnection(raw: unknown, credentials: unknown): ReadResult<OpcuaConnectionConfig> {
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
  };
  return reader.problems.length === 0 ? { ok: true, config } : { ok: false, problem: reader.problems.join('; ') };
}
