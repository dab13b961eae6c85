import { X509Certificate } from 'node:crypto';

/** What a person needs to tell one certificate from another; times in epoch milliseconds. */
export interface CertificateInfo {
  /** SHA-1 in capital hexadecimal digits, by which OPC UA products name certificates. */
  thumbprint: string;
  /** SHA-256, to compare with what another product shows. */
  fingerprint256: string;
  /** One line: `CN=Filler, O=Acme`. */
  subject: string;
  /** The application's URI; empty when the certificate has none. */
  uri: string;
  validFrom: number;
  validUntil: number;
}

/** A certificate and what it says; undefined when the bytes are none. */
export function readCertificate(bytes: Buffer): { certificate: X509Certificate; info: CertificateInfo } | undefined {
  try {
    const certificate = new X509Certificate(bytes);
    return {
      certificate,
      info: {
        thumbprint: certificate.fingerprint.replaceAll(':', ''),
        fingerprint256: certificate.fingerprint256,
        subject: certificate.subject.split('\n').filter(Boolean).join(', '),
        uri: /(?:^|, )URI:([^,]*)/.exec(certificate.subjectAltName ?? '')?.[1]?.replaceAll('"', '') ?? '',
        validFrom: Date.parse(certificate.validFrom),
        validUntil: Date.parse(certificate.validTo),
      },
    };
  } catch {
    return undefined;
  }
}

const day = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** Why a certificate is not valid at that time; undefined when it is. */
export function timeProblem({ validFrom, validUntil }: CertificateInfo, now: number): string | undefined {
  if (now < validFrom) return `it is valid from ${day(validFrom)} on (is a clock wrong?)`;
  return now > validUntil ? `it expired on ${day(validUntil)}` : undefined;
}
