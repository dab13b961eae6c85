import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { BulkheadError, errorMessage } from '@bulkhead/core';
import { type UserIdentityInfo, UserTokenType } from 'node-opcua-client';
import type { Identity } from '../opcua-connection/config.ts';

function textOf(what: string, { from, value }: { from: 'text' | 'file'; value: string }): string {
  if (from === 'text') return value;
  try {
    return readFileSync(value, 'utf8');
  } catch (cause) {
    throw new BulkheadError('unreadable-file', `the ${what} cannot be read: ${errorMessage(cause)}`, { cause });
  }
}

function certificateIdentity(identity: Extract<Identity, { kind: 'certificate' }>): UserIdentityInfo {
  const { from, passphrase } = identity;
  const certificateText = textOf("user's certificate", { from, value: identity.certificate });
  const keyText = textOf("user's private key", { from, value: identity.key });
  try {
    const certificate = new X509Certificate(certificateText);
    const key = createPrivateKey({ key: keyText, ...(passphrase === '' ? {} : { passphrase }) });
    if (!certificate.checkPrivateKey(key)) throw new Error('the key does not belong to the certificate');
    const privateKey = key.export({ type: 'pkcs8', format: 'pem' }).toString();
    return { type: UserTokenType.Certificate, certificateData: certificate.raw, privateKey };
  } catch (cause) {
    const message = `the user's certificate and private key cannot be used: ${errorMessage(cause)}`;
    throw new BulkheadError('bad-user-certificate', message, { cause });
  }
}

/** Who logs in; files are read at each new session, so that a renewed certificate needs no deploy. */
export function userIdentity(identity: Identity): UserIdentityInfo {
  switch (identity.kind) {
    case 'anonymous':
      return { type: UserTokenType.Anonymous };
    case 'user':
      return { type: UserTokenType.UserName, userName: identity.user, password: identity.password };
    case 'certificate':
      return certificateIdentity(identity);
  }
}
