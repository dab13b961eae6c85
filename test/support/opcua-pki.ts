import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { crypto_utils } from 'node-opcua-client';
import { type Pki, pkiIn } from '../../nodes/opcua/src/pki/pki.ts';

export interface TestCertificate {
  certificate: string;
  key: string;
  /** The same as files. */
  certificateFile: string;
  keyFile: string;
}

export interface TestPki {
  readonly folder: string;
  readonly pki: Pki;
  /** A certificate of somebody else; `days` from yesterday on, so that 0 is one that expired. */
  issue(name: string, options?: { applicationUri?: string; days?: number }): Promise<TestCertificate>;
  remove(): void;
}

const dayMs = 86_400_000;

/** A folder of keys and certificates for one test file. */
export function testPki(): TestPki {
  const folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-pki-'));
  return {
    folder,
    pki: pkiIn(path.join(folder, 'own')),
    async issue(name, { applicationUri = `urn:test:${name}`, days = 10 } = {}) {
      const privateKey = await crypto_utils.generatePrivateKey(2_048);
      const { cert } = await crypto_utils.createSelfSignedCertificate({
        privateKey,
        subject: `CN=${name}`,
        applicationUri,
        dns: ['localhost'],
        ip: ['127.0.0.1'],
        notBefore: new Date(Date.now() - 2 * dayMs),
        validity: days + 1,
        purpose: crypto_utils.CertificatePurpose.ForApplication,
      });
      const { privPem } = await crypto_utils.privateKeyToPEM(privateKey);
      const made = {
        certificate: cert,
        key: privPem,
        certificateFile: path.join(folder, `${name}.crt.pem`),
        keyFile: path.join(folder, `${name}.key.pem`),
      };
      writeFileSync(made.certificateFile, cert);
      writeFileSync(made.keyFile, privPem);
      return made;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
