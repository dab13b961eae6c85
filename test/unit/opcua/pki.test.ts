import { deepEqual, equal, match, ok, throws } from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readCertificate, timeProblem } from '../../../nodes/opcua/src/pki/certificate.ts';
import { type Pki, pkiIn } from '../../../nodes/opcua/src/pki/pki.ts';

const fixture = (name: string): string =>
  readFileSync(path.join(import.meta.dirname, '../../fixtures/certificates', name), 'utf8');
const pairs = [fixture('first.pem'), fixture('second.pem')] as const;
const derOf = (pem: string): Buffer => readCertificate(Buffer.from(pem))?.certificate.raw ?? Buffer.alloc(0);
const [first, second] = [derOf(pairs[0]), derOf(pairs[1])];
const thumbprintOf = (der: Buffer): string => readCertificate(der)?.info.thumbprint ?? '';

describe('OPC UA keys and certificates of the house', () => {
  let folder: string;
  let pki: Pki;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'bulkhead-pki-'));
    pki = pkiIn(path.join(folder, 'opcua-pki'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('tells of a certificate what a person compares', () => {
    const info = readCertificate(first)?.info;
    match(info?.thumbprint ?? '', /^[0-9A-F]{40}$/);
    match(info?.fingerprint256 ?? '', /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    equal(info?.subject, 'CN=first, O=Acme');
    equal(info?.uri, 'urn:acme:first');
    equal(info && timeProblem({ ...info, validFrom: 0, validUntil: 0 }, 1), 'it expired on 1970-01-01');
    equal(readCertificate(Buffer.from('no certificate')), undefined);
  });

  it('has one own key pair, also when two processes make one at the same time', () => {
    const other = pkiIn(path.join(folder, 'opcua-pki'));
    equal(pki.own.read(), undefined);
    const mine = pki.own.keep(pairs[0]);
    const theirs = other.own.keep(pairs[1]);
    deepEqual(theirs.der, mine.der);
    deepEqual(other.own.read()?.keyPem, mine.keyPem);
    deepEqual(readdirSync(path.join(folder, 'opcua-pki')), ['application'], 'nothing is left behind');
  });

  it('replaces the own key pair as a whole, readable for its owner alone', () => {
    pki.own.keep(pairs[0]);
    deepEqual(pki.own.replace(pairs[1]).der, second);
    deepEqual(pki.own.read()?.der, second);
    const file = path.join(folder, 'opcua-pki/application/application.pem');
    equal(statSync(file).mode & 0o777, 0o600);
    deepEqual(readdirSync(path.dirname(file)), ['application.pem']);
  });

  it('says which file it is that holds no key pair, and keeps nothing that is none', () => {
    throws(() => pki.own.keep('nonsense'), /does not hold a private key and the certificate of that key/);
    const mixed = `${pairs[0].slice(0, pairs[0].indexOf('-----BEGIN CERTIFICATE'))}${pairs[1].slice(pairs[1].indexOf('-----BEGIN CERTIFICATE'))}`;
    throws(() => pki.own.replace(mixed), /private key/);
    equal(pki.own.read(), undefined);
    pki.own.keep(pairs[0]);
    writeFileSync(path.join(folder, 'opcua-pki/application/application.pem'), 'cut');
    throws(() => pki.own.read(), /application\.pem cannot be used/);
  });

  it('lists what was refused, and moves it where a person decides', () => {
    const { servers } = pki;
    const thumbprint = thumbprintOf(first);
    servers.refuse(first);
    servers.refuse(first);
    deepEqual([servers.rejected().length, servers.trusted().length], [1, 0]);
    equal(servers.isTrusted(first), false);
    equal(servers.trust(thumbprint), true);
    deepEqual([servers.rejected().length, servers.trusted().length], [0, 1]);
    equal(servers.isTrusted(first), true);
    equal(servers.isTrusted(second), false);
    equal(servers.reject(thumbprint), true);
    equal(servers.isTrusted(first), false);
    equal(servers.remove(thumbprint), true);
    deepEqual([servers.rejected(), servers.trusted()], [[], []]);
    equal(servers.trust(thumbprint), false);
  });

  it('trusts the bytes of a certificate, not its thumbprint', () => {
    const thumbprint = thumbprintOf(first);
    pki.servers.refuse(first);
    pki.servers.trust(thumbprint);
    writeFileSync(path.join(folder, `opcua-pki/trusted/${thumbprint}.der`), second);
    equal(pki.servers.isTrusted(first), false);
  });

  it('takes no path for a thumbprint', () => {
    writeFileSync(path.join(folder, 'secret.der'), first);
    for (const name of ['../../secret', '..', '', `${thumbprintOf(first)}/..`]) {
      equal(pki.servers.trust(name), false);
      equal(pki.servers.remove(name), false);
    }
    ok(statSync(path.join(folder, 'secret.der')).isFile());
  });

  it('has read what another process decided a moment ago', () => {
    const other = pkiIn(path.join(folder, 'opcua-pki'));
    pki.servers.refuse(first);
    equal(other.servers.rejected().length, 1);
    other.servers.trust(thumbprintOf(first));
    equal(pki.servers.isTrusted(first), true);
  });
});
