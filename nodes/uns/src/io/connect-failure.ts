import { BulkheadError, errorMessage } from '@bulkhead/core';

/** CONNACK codes that mean "not this protocol version": 1 in MQTT 3.1.1 (table 3.1), 132 in MQTT 5 (3.2.2.2). */
const protocolCodes: readonly unknown[] = [1, 132];
/** Bad credentials and not authorized: 4, 5 in MQTT 3.1.1; 134, 135 in MQTT 5. */
const credentialCodes: readonly unknown[] = [4, 5, 134, 135];

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
}

/** True when the broker answered that it does not speak the protocol version asked for. */
export function refusesProtocol(error: unknown): boolean {
  return protocolCodes.includes(codeOf(error));
}

/** Says in one line what was wrong with a connection attempt, where, and what to do. */
export function connectFailure(error: unknown, url: string): BulkheadError {
  const { code, words } = explain(error, url);
  return new BulkheadError(code, words, { retryable: true, cause: error });
}

function explain(error: unknown, url: string): { code: string; words: string } {
  const code = codeOf(error);
  if (credentialCodes.includes(code)) {
    return { code: 'uns-login-refused', words: `${url} refused the login: check user name and password` };
  }
  switch (code) {
    case 'ECONNREFUSED':
      return {
        code: 'uns-unreachable',
        words: `no broker answers at ${url}: check that it runs and that the port is right`,
      };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { code: 'uns-unreachable', words: `the host of ${url} is unknown: check its name` };
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
      return { code: 'uns-unreachable', words: `no way to ${url}: check the network` };
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return { code: 'uns-tls', words: `the certificate of ${url} is not trusted: name its CA file` };
    default:
      return { code: 'uns-connection-failed', words: `${url}: ${errorMessage(error)}` };
  }
}
