import { createPrivateKey } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { BulkheadError, errorMessage } from '@bulkhead/core';
import { type CertificateInfo, readCertificate } from './certificate.ts';
import { durably, readIfThere, temporaryName, writeWhole } from './whole-file.ts';

export interface OwnKeyPair {
  info: CertificateInfo;
  /** The certificate alone. */
  pem: string;
  der: Buffer;
  keyPem: string;
}

export interface OwnKeyPairFile {
  /** Undefined before it was made. Throws when the file cannot be used. */
  read(): OwnKeyPair | undefined;
  /** Keeps a new one unless there is one already; returns the one that counts. */
  keep(pem: string): OwnKeyPair;
  replace(pem: string): OwnKeyPair;
}

const certificatePem = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/;
const privateKeyPem = /-----BEGIN (?:RSA )?PRIVATE KEY-----[\s\S]+?-----END (?:RSA )?PRIVATE KEY-----/;

/** Both, from one PEM text. Throws when it does not hold a private key and the certificate of that key. */
export function parseKeyPair(text: string): OwnKeyPair {
  const pem = certificatePem.exec(text)?.[0] ?? '';
  const keyPem = privateKeyPem.exec(text)?.[0] ?? '';
  const read = readCertificate(Buffer.from(pem));
  if (read === undefined || keyPem === '' || !read.certificate.checkPrivateKey(createPrivateKey(keyPem))) {
    throw new BulkheadError('bad-own-certificate', 'it does not hold a private key and the certificate of that key');
  }
  return { info: read.info, pem: `${pem}\n`, der: read.certificate.raw, keyPem: `${keyPem}\n` };
}

/** Private key and certificate in one file, so that nobody ever reads one of an old pair and the other of a new one. */
export function ownKeyPairFile(folder: string): OwnKeyPairFile {
  const file = path.join(folder, 'application.pem');

  const read = (): OwnKeyPair | undefined => {
    const text = readIfThere(file)?.toString('utf8') ?? '';
    // Empty it is after a power cut, when it had been made a moment before.
    if (text === '') return undefined;
    try {
      return parseKeyPair(text);
    } catch (cause) {
      const message = `${file} cannot be used (${errorMessage(cause)}): restore it, or renew it in the dialog`;
      throw new BulkheadError('bad-own-certificate', message, { cause });
    }
  };
  const replace = (pem: string): OwnKeyPair => {
    const made = parseKeyPair(pem);
    writeWhole(file, pem);
    return made;
  };
  return {
    read,
    replace,
    keep(pem) {
      parseKeyPair(pem);
      const made = path.join(path.dirname(folder), temporaryName());
      mkdirSync(made, { recursive: true, mode: 0o700 });
      writeFileSync(path.join(made, path.basename(file)), pem, durably);
      try {
        // Of all processes that make one at the same time, one succeeds: a folder that is not empty is not replaced.
        renameSync(made, folder);
      } catch {
        rmSync(made, { recursive: true, force: true });
      }
      return read() ?? replace(pem);
    },
  };
}
