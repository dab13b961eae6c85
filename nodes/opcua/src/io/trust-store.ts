import { crypto_utils, type OPCUAClientOptions, type StatusCode, StatusCodes } from 'node-opcua-client';
import { readCertificate, timeProblem } from '../pki/certificate.ts';
import type { KnownServers } from '../pki/known-servers.ts';

type LibraryStore = NonNullable<OPCUAClientOptions['clientCertificateManager']>;

export interface Refusal {
  code: 'untrusted-server' | 'expired-server' | 'unreadable-server';
  message: string;
}

export interface TrustStore {
  store: LibraryStore;
  /** Why the last certificate was refused, for a person; undefined when none was. */
  refusal(): Refusal | undefined;
}

export interface TrustOptions {
  servers: KnownServers;
  /** A trusted certificate counts also after it expired. */
  acceptsExpired: boolean;
  now: () => number;
}

/** The certificate of the server itself comes first in its chain. */
function leafOf(certificate: Buffer | Buffer[]): Buffer {
  const all = Array.isArray(certificate) ? certificate : crypto_utils.split_der(certificate);
  return all[0] ?? Buffer.alloc(0);
}

/** Decides on servers by the list of certificates that a person trusts, read anew each time. */
export function trustStore({ servers, acceptsExpired, now }: TrustOptions): TrustStore {
  let refusal: Refusal | undefined;

  const check = (certificate: Buffer | Buffer[]): StatusCode => {
    const der = leafOf(certificate);
    const info = readCertificate(der)?.info;
    if (info === undefined) {
      refusal = { code: 'unreadable-server', message: 'the server sends a certificate that cannot be read' };
      return StatusCodes.BadCertificateInvalid;
    }
    const which = `the certificate of the server (${info.subject}, thumbprint ${info.thumbprint})`;
    if (!servers.isTrusted(der)) {
      servers.refuse(der);
      const message = `${which} is not trusted: compare it, and trust it in the dialog of the connection`;
      refusal = { code: 'untrusted-server', message };
      return StatusCodes.BadCertificateUntrusted;
    }
    const problem = timeProblem(info, now());
    if (problem !== undefined && !acceptsExpired) {
      const message = `${which} is not valid: ${problem}; renew it at the server, or accept it in the dialog of the connection`;
      refusal = { code: 'expired-server', message };
      return StatusCodes.BadCertificateTimeInvalid;
    }
    refusal = undefined;
    return StatusCodes.Good;
  };

  const nothing = (): Promise<void> => Promise.resolve();
  return {
    refusal: () => refusal,
    store: {
      referenceCounter: 0,
      initialize: nothing,
      dispose: nothing,
      checkCertificate: (certificate: Buffer | Buffer[]) => Promise.resolve(check(certificate)),
      // The library asks this of our own certificate.
      verifyCertificate: () => Promise.resolve('Good'),
      getTrustStatus: (certificate: Buffer) =>
        Promise.resolve(
          servers.isTrusted(leafOf(certificate)) ? StatusCodes.Good : StatusCodes.BadCertificateUntrusted,
        ),
      // Decisions are a person's, and made elsewhere.
      trustCertificate: nothing,
      rejectCertificate: nothing,
      addIssuer: nothing,
      addRevocationList: nothing,
    },
  };
}
