import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { type CertificateInfo, readCertificate } from './certificate.ts';
import { readIfThere, writeWhole } from './whole-file.ts';

/** Certificates of servers, as files `THUMBPRINT.der` in a folder for the trusted and one for the rejected. */
export interface KnownServers {
  trusted(): CertificateInfo[];
  rejected(): CertificateInfo[];
  isTrusted(der: Buffer): boolean;
  /** Lists a certificate as rejected, for a person to look at. */
  refuse(der: Buffer): void;
  /** False when there is no such certificate. */
  trust(thumbprint: string): boolean;
  reject(thumbprint: string): boolean;
  remove(thumbprint: string): boolean;
}

/** Somebody who answers with ever new certificates must not fill the disk. */
const mostRejected = 100;
/** It comes from a browser, and becomes the name of a file. */
const thumbprintPattern = /^[0-9A-F]{40}$/;

type Kind = 'trusted' | 'rejected';

export function knownServers(folder: string): KnownServers {
  const fileOf = (kind: Kind, thumbprint: string): string => path.join(folder, kind, `${thumbprint}.der`);
  const bytesOf = (kind: Kind, thumbprint: string): Buffer | undefined =>
    thumbprintPattern.test(thumbprint) ? readIfThere(fileOf(kind, thumbprint)) : undefined;
  const has = (kind: Kind, thumbprint: string): boolean => bytesOf(kind, thumbprint) !== undefined;
  const discard = (kind: Kind, thumbprint: string): void => rmSync(fileOf(kind, thumbprint), { force: true });

  const thumbprintsIn = (kind: Kind): string[] => {
    try {
      return readdirSync(path.join(folder, kind))
        .map((name) => path.parse(name).name)
        .filter((name) => thumbprintPattern.test(name));
    } catch {
      return [];
    }
  };
  const listed = (kind: Kind): CertificateInfo[] =>
    thumbprintsIn(kind).flatMap((thumbprint) => {
      const bytes = bytesOf(kind, thumbprint);
      return (bytes && readCertificate(bytes)?.info) ?? [];
    });

  /** Written at its new place first: in between it is at both, and the trusted one counts. */
  const move = (from: Kind, to: Kind, thumbprint: string): boolean => {
    const der = bytesOf(from, thumbprint);
    if (der === undefined) return has(to, thumbprint);
    writeWhole(fileOf(to, thumbprint), der);
    discard(from, thumbprint);
    return true;
  };

  const forgetOldest = (): void => {
    const ageOf = (thumbprint: string): number =>
      statSync(fileOf('rejected', thumbprint), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    const byAge = thumbprintsIn('rejected').sort((a, b) => ageOf(a) - ageOf(b));
    for (const thumbprint of byAge.slice(0, Math.max(0, byAge.length - mostRejected))) discard('rejected', thumbprint);
  };

  return {
    trusted: () => listed('trusted'),
    rejected: () => listed('rejected').filter(({ thumbprint }) => !has('trusted', thumbprint)),
    isTrusted: (der) => bytesOf('trusted', readCertificate(der)?.info.thumbprint ?? '')?.equals(der) === true,
    refuse(der) {
      const thumbprint = readCertificate(der)?.info.thumbprint;
      if (thumbprint === undefined || has('trusted', thumbprint)) return;
      if (bytesOf('rejected', thumbprint)?.equals(der) === true) return;
      writeWhole(fileOf('rejected', thumbprint), der);
      forgetOldest();
    },
    trust: (thumbprint) => move('rejected', 'trusted', thumbprint),
    reject: (thumbprint) => move('trusted', 'rejected', thumbprint),
    remove(thumbprint) {
      if (!has('trusted', thumbprint) && !has('rejected', thumbprint)) return false;
      discard('trusted', thumbprint);
      discard('rejected', thumbprint);
      return true;
    },
  };
}
