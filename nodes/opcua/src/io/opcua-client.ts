import { hostname } from 'node:os';
import { BulkheadError, type BackOffPolicy } from '@bulkhead/core';
import { OPCUACertificateManager } from 'node-opcua-certificate-manager';
import {
  type ClientSession,
  MessageSecurityMode,
  makeApplicationUrn,
  OPCUAClient,
  SecurityPolicy,
  UserTokenType,
  setDebugLogger,
  setErrorLogger,
  setWarningLogger,
} from 'node-opcua-client';
import type { Identity, OpcuaConnectionConfig } from '../opcua-connection/config.ts';
import { isRawSession, type RawSession } from './raw-session.ts';

/**
 * node-opcua prints warnings and errors on stdout and stderr, in colours and over several lines, for what our own
 * states and errors say already (it repeats them at each retry).
 */
function silenceLibrary(): void {
  const ignore = (): void => undefined;
  setDebugLogger(ignore);
  setWarningLogger(ignore);
  setErrorLogger(ignore);
}

/** The library keeps trying by itself after an outage; it draws no random numbers, so each client is given its own. */
function strategyOf({ firstMs, maxMs, jitter }: BackOffPolicy, random: () => number) {
  const spread = 1 - jitter * random();
  // One retry: enough for the library to repair sessions later on; the first connection is ours to retry.
  return { initialDelay: Math.max(1, firstMs * spread), maxDelay: maxMs * spread, maxRetry: 1, randomisationFactor: 0 };
}

function identityOf(identity: Identity) {
  return identity.kind === 'anonymous'
    ? { type: UserTokenType.Anonymous as const }
    : { type: UserTokenType.UserName as const, userName: identity.user, password: identity.password };
}

/** A client that is not yet connected. Keys and certificates lie below `pkiFolder`, made when they are first needed. */
export function createClient(
  config: OpcuaConnectionConfig,
  { pkiFolder, backOff, random }: { pkiFolder: string; backOff: BackOffPolicy; random: () => number },
): OPCUAClient {
  silenceLibrary();
  const applicationUri = makeApplicationUrn(hostname(), 'bulkhead');
  return OPCUAClient.create({
    applicationName: 'Bulkhead',
    applicationUri,
    clientName: `bulkhead-${process.pid}`,
    clientCertificateManager: new OPCUACertificateManager({ rootFolder: pkiFolder, disableFileWatchers: true }),
    securityMode: MessageSecurityMode[config.security.mode],
    securityPolicy: SecurityPolicy[config.security.policy],
    connectionStrategy: strategyOf(backOff, random),
    // Servers name themselves by host names that do not resolve everywhere; the address that was given counts.
    endpointMustExist: false,
    keepSessionAlive: true,
    keepAliveInterval: config.keepAliveMs,
    requestedSessionTimeout: config.sessionTimeoutMs,
    transportTimeout: config.timeoutMs,
    defaultTransactionTimeout: config.timeoutMs,
  });
}

/** Connects and opens a session. Rejects with a plain reason; then the client is disconnected already. */
export async function openSession(client: OPCUAClient, config: OpcuaConnectionConfig): Promise<RawSession> {
  try {
    await client.connect(config.endpoint);
    const session = await client.createSession(identityOf(config.identity));
    if (!isRawSession(session))
      throw new BulkheadError('wrong-library', 'node-opcua has changed its subscription services');
    return session;
  } catch (cause) {
    await closeClient(client, undefined, config.timeoutMs);
    throw reasonOf(cause);
  }
}

function reasonOf(cause: unknown): BulkheadError {
  const text = cause instanceof Error ? cause.message : String(cause);
  if (/BadIdentityTokenRejected|BadUserAccessDenied|BadIdentityTokenInvalid/.test(text)) {
    return new BulkheadError('access-denied', 'the server refuses this user or password', { retryable: true, cause });
  }
  if (/ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENOTFOUND|ETIMEDOUT|EAI_AGAIN/.test(text)) {
    const errno = /E[A-Z_]{4,}/.exec(text)?.[0] ?? 'unreachable';
    return new BulkheadError('unreachable', `no server answers there (${errno})`, { retryable: true, cause });
  }
  // The library wraps the reason: `The connection may have been rejected by server,\n Err = (reason)`.
  const lines = (/Err = \((.*)\)/s.exec(text)?.[1] ?? text).split('\n').map((line) => line.trim());
  const reason = lines.find((line) => line !== '') ?? 'the server gives no reason';
  return new BulkheadError('connect-failed', reason, { retryable: true, cause });
}

/** Ends session and connection; resolves within `timeoutMs` also when the server no longer answers. */
export async function closeClient(
  client: OPCUAClient,
  session: ClientSession | undefined,
  timeoutMs: number,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  const close = async (): Promise<void> => {
    if (session !== undefined) await session.close(true).catch(() => undefined);
    await client.disconnect().catch(() => undefined);
  };
  await Promise.race([close(), deadline]);
  clearTimeout(timer);
}
