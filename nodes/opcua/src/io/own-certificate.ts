import { hostname } from 'node:os';
import { crypto_utils, makeApplicationUrn } from 'node-opcua-client';
import { type OwnKeyPair, type OwnKeyPairFile, parseKeyPair } from '../pki/own-key-pair.ts';

/** Long: what expires stops a plant, and a server can cease to trust it at any time. */
const validDays = 3_650;
/** All three policies take keys from 2,048 bits on; a longer one only makes each handshake slower. */
const keyBits = 2_048;
const dayMs = 86_400_000;

/** A new private key and a certificate for it, as one PEM text. */
export async function makeOwnCertificate(): Promise<string> {
  const privateKey = await crypto_utils.generatePrivateKey(keyBits);
  const { cert } = await crypto_utils.createSelfSignedCertificate({
    privateKey,
    subject: `/CN=Bulkhead@${hostname()}/O=Bulkhead`,
    applicationUri: makeApplicationUrn(hostname(), 'bulkhead'),
    dns: [hostname()],
    // To a server whose clock is a little behind it would not be valid yet.
    notBefore: new Date(Date.now() - dayMs),
    validity: validDays,
    purpose: crypto_utils.CertificatePurpose.ForApplication,
  });
  const { privPem } = await crypto_utils.privateKeyToPEM(privateKey);
  return `${privPem.trim()}\n${cert.trim()}\n`;
}

/** The own key pair, made when it is first needed. */
export async function ownKeyPair(file: OwnKeyPairFile): Promise<OwnKeyPair> {
  return file.read() ?? file.keep(await makeOwnCertificate());
}

let temporary: Promise<OwnKeyPair> | undefined;

/** One for the life of this process. */
export function temporaryKeyPair(): Promise<OwnKeyPair> {
  temporary ??= makeOwnCertificate().then(parseKeyPair);
  return temporary;
}

/** As the library asks for it; nothing of it comes from a file that could change while it is in use. */
export function keyPairProvider({ der, keyPem }: OwnKeyPair) {
  return {
    // By this name the library knows that it has no file to look after.
    certificateFile: '<in-memory>',
    privateKeyFile: '<in-memory>',
    getCertificate: () => der,
    getCertificateChain: () => [der],
    getPrivateKey: () => crypto_utils.makePrivateKeyFromPem(keyPem),
  };
}
