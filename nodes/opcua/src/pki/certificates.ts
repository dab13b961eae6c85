import { isRecord } from '@bulkhead/core';
import { parseCertificate } from '../probing/result.ts';
import type { CertificateInfo } from './certificate.ts';

/** What the dialog of a connection is told of certificates. */
export interface Certificates {
  /** Absent before it was made. */
  own?: CertificateInfo & { pem: string };
  trusted: CertificateInfo[];
  rejected: CertificateInfo[];
  /** Why something could not be read or done. */
  problem?: string;
}

const listIn = (value: unknown): CertificateInfo[] =>
  Array.isArray(value) ? value.flatMap((entry) => parseCertificate(entry) ?? []) : [];

/** Reads what the server answered. */
export function parseCertificates(body: unknown): Certificates {
  if (!isRecord(body)) return { trusted: [], rejected: [], problem: 'the answer cannot be read' };
  const own = parseCertificate(body['own']);
  const pem = isRecord(body['own']) ? body['own']['pem'] : undefined;
  return {
    trusted: listIn(body['trusted']),
    rejected: listIn(body['rejected']),
    ...(own === undefined || typeof pem !== 'string' ? {} : { own: { ...own, pem } }),
    ...(typeof body['problem'] === 'string' ? { problem: body['problem'] } : {}),
  };
}
