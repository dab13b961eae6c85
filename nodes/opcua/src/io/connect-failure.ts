import { BulkheadError, errorMessage } from '@bulkhead/core';
import type { OpcuaConnectionConfig } from '../opcua-connection/config.ts';

/** What servers and the library say, and what a person can do about it; the first that fits counts. */
const known: ReadonlyArray<readonly [RegExp, code: string, message: string]> = [
  [
    /BadIdentityTokenRejected|BadIdentityTokenInvalid/,
    'access-denied',
    'the server refuses this user: wrong name or password, or a user certificate that it does not trust',
  ],
  [
    /BadUserAccessDenied/,
    'access-denied',
    'the server refuses this user: wrong name or password, or no right to connect',
  ],
  [/BadUserSignatureInvalid/, 'access-denied', 'the server refuses the signature of the user certificate'],
  [
    /BadSecurityChecksFailed|BadCertificateUntrusted|BadCertificateIssuer|BadCertificateChain/,
    'untrusted-by-server',
    'the server does not trust our certificate: trust it there (its thumbprint is in the dialog of the connection)',
  ],
  [
    /BadCertificateTimeInvalid/,
    'untrusted-by-server',
    'to the server our certificate is not valid now: compare its clock, or renew the certificate in the dialog of the connection',
  ],
  [
    /BadCertificateUriInvalid|BadCertificateHostNameInvalid|BadCertificateUseNotAllowed|BadCertificateInvalid/,
    'untrusted-by-server',
    'the server refuses our certificate: renew it in the dialog of the connection, and trust the new one at the server',
  ],
  [
    /BadTooManySessions/,
    'too-many-sessions',
    'the server has no session left: close others, or set the limit of sessions of the connection',
  ],
  [
    /BadTcpEndpointUrlInvalid/,
    'wrong-endpoint',
    'the server does not know this address: use discover in the dialog of the connection',
  ],
  [/Client is not usable|premature disconnection/, 'closed', 'it was ended while it connected'],
];

const errnos = /ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|ETIMEDOUT|EAI_AGAIN|EPIPE/;

/** The library wraps the reason: `The connection may have been rejected by server,\n Err = (reason)`. */
function firstLine(text: string): string {
  const lines = (/Err = \((.*)\)/s.exec(text)?.[1] ?? text).split('\n').map((line) => line.trim());
  return lines.find((line) => line !== '') ?? 'the server gives no reason';
}

/** Why there is no session, in words for a person. */
export function connectFailure(cause: unknown, { security }: Pick<OpcuaConnectionConfig, 'security'>): BulkheadError {
  if (cause instanceof BulkheadError) return cause;
  const text = errorMessage(cause);
  const failure = (code: string, message: string): BulkheadError =>
    new BulkheadError(code, message, { retryable: true, cause });
  for (const [pattern, code, message] of known) {
    if (pattern.test(text)) return failure(code, message);
  }
  if (/Cannot find an Endpoint matching|cannot find endpoint/i.test(text)) {
    const wanted = `${security.mode} with ${security.policy}`;
    return failure('no-endpoint', `the server offers no ${wanted}: use discover in the dialog to see what it offers`);
  }
  const errno = errnos.exec(text)?.[0];
  if (errno !== undefined) return failure('unreachable', `no server answers there (${errno})`);
  if (/Invalid endpoint|identity ?token|UserTokenPolicy|userIdentityTokens/i.test(text)) {
    return failure('access-denied', `the server does not offer this kind of login: ${firstLine(text)}`);
  }
  if (security.mode !== 'None' && /premature|socket|closed|disconnect/i.test(text)) {
    const message =
      'the server ended the connection while it was secured, which it does when it does not trust our certificate';
    return failure('untrusted-by-server', `${message} (${firstLine(text)})`);
  }
  return failure('connect-failed', firstLine(text));
}
