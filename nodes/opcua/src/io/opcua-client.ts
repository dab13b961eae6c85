import { BulkheadError, type BackOffPolicy, errorMessage } from '@bulkhead/core';
import {
  type ClientSession,
  MessageSecurityMode,
  OPCUAClient,
  SecurityPolicy,
  setDebugLogger,
  setErrorLogger,
  setWarningLogger,
} from 'node-opcua-client';
import type { OpcuaConnectionConfig } from '../opcua-connection/config.ts';
import { timeProblem } from '../pki/certificate.ts';
import type { OwnKeyPair } from '../pki/own-key-pair.ts';
import type { Pki } from '../pki/pki.ts';
import { connectFailure } from './connect-failure.ts';
import { keyPairProvider, ownKeyPair, temporaryKeyPair } from './own-certificate.ts';
import { isRawSession, type RawSession } from './raw-session.ts';
import { type TrustStore, trustStore } from './trust-store.ts';
import { userIdentity } from './user-identity.ts';

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
  const initialDelay = Math.max(1, firstMs * spread);
  // It throws where the longest wait is not longer than the first.
  const maxDelay = Math.max(maxMs * spread, initialDelay + 1);
  return { initialDelay, maxDelay, maxRetry: 1, randomisationFactor: 0 };
}

/** Without security the certificate is only a form: one that lasts as long as the process will do where none can be kept. */
async function keyPairFor({ security }: OpcuaConnectionConfig, pki: Pki): Promise<OwnKeyPair> {
  if (security.mode === 'None') return ownKeyPair(pki.own).catch(temporaryKeyPair);
  const own = await ownKeyPair(pki.own).catch((cause: unknown) => {
    if (cause instanceof BulkheadError) throw cause;
    const message = `our own certificate can neither be read nor made: ${errorMessage(cause)}`;
    throw new BulkheadError('no-own-certificate', message, { cause });
  });
  const problem = timeProblem(own.info, Date.now());
  if (problem !== undefined) {
    const message = `our own certificate is not valid: ${problem}; renew it in the dialog of the connection`;
    throw new BulkheadError('own-certificate-expired', message);
  }
  return own;
}

/** A client that is not yet connected, with what it thinks of the server's certificate. */
export interface Client {
  client: OPCUAClient;
  trust: TrustStore;
}

export async function createClient(
  config: OpcuaConnectionConfig,
  { pki, backOff, random }: { pki: Pki; backOff: BackOffPolicy; random: () => number },
): Promise<Client> {
  silenceLibrary();
  const own = await keyPairFor(config, pki);
  const trust = trustStore({ servers: pki.servers, acceptsExpired: config.acceptExpired, now: Date.now });
  const client = OPCUAClient.create({
    applicationName: 'Bulkhead',
    // As in the certificate: servers compare the two.
    applicationUri: own.info.uri,
    clientName: `bulkhead-${process.pid}`,
    certificateKeyPairProvider: keyPairProvider(own),
    clientCertificateManager: trust.store,
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
  return { client, trust };
}

/** Connects and opens a session. Rejects with a plain reason; then the client is disconnected already. */
export async function openSession(
  { client, trust }: Client,
  config: OpcuaConnectionConfig,
  endpoint: string,
): Promise<RawSession> {
  try {
    const identity = userIdentity(config.identity);
    await client.connect(endpoint);
    const session = await client.createSession(identity);
    if (!isRawSession(session))
      throw new BulkheadError('wrong-library', 'node-opcua has changed its subscription services');
    return session;
  } catch (cause) {
    await closeClient(client, undefined, config.timeoutMs);
    const refusal = trust.refusal();
    if (refusal !== undefined) throw new BulkheadError(refusal.code, refusal.message, { retryable: true, cause });
    throw connectFailure(cause, config);
  }
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
