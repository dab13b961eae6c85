/**
 * A certificate that signs itself, for two processes that know each other: one is made for each side and given to the
 * other beforehand. Node.js makes keys and reads certificates, but writes none, so its DER is put together here
 * (RFC 5280, section 4.1; ECDSA on P-256 with SHA-256, RFC 5758).
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** Both PEM. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

const dayMs = 86_400_000;

function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

const sequence = (...content: readonly Uint8Array[]): Buffer => der(0x30, ...content);
const utcTime = (at: number): Buffer =>
  der(0x17, Buffer.from(`${new Date(at).toISOString().replaceAll(/[-:T]/g, '').slice(2, 14)}Z`));

// ecdsa-with-SHA256, 1.2.840.10045.4.3.2, and id-at-commonName, 2.5.4.3
const signatureAlgorithm = sequence(der(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
const commonName = der(0x06, Buffer.from('550403', 'hex'));

/** Valid from yesterday, for clocks that differ, and for `days`; UTCTime ends in 2049. */
export function selfSigned(name: string, days = 3650): Identity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subject = sequence(der(0x31, sequence(commonName, der(0x0c, Buffer.from(name)))));
  // Positive, and never with a leading zero byte.
  const serial = Buffer.concat([Buffer.from([0x40]), randomBytes(15)]);
  const now = Date.now();
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    signatureAlgorithm,
    subject,
    sequence(utcTime(now - dayMs), utcTime(now + days * dayMs)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', toBeSigned, privateKey));
  const base64 = sequence(toBeSigned, signatureAlgorithm, signature).toString('base64');
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${base64.replaceAll(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
