import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isRecord } from '@bulkhead/core';
import { readCertificate } from '../../../nodes/opcua/src/pki/certificate.ts';
import { type Certificates, parseCertificates } from '../../../nodes/opcua/src/pki/certificates.ts';
import { pkiIn } from '../../../nodes/opcua/src/pki/pki.ts';
import { freePort } from '../../support/free-port.ts';

const require = createRequire(import.meta.url);
const built = path.resolve(import.meta.dirname, '../../../nodes/opcua/dist/opcua-connection.js');

interface Route {
  method: string;
  url: string;
  guard: unknown;
  handle: (request: object, response: object) => void;
}

function isRegister(candidate: unknown): candidate is (red: object) => void {
  return typeof candidate === 'function';
}

describe('the admin routes of OPC UA', function () {
  this.timeout(30_000);
  const userDir = mkdtempSync(path.join(tmpdir(), 'bulkhead-userdir-'));
  const pki = pkiIn(path.join(userDir, 'opcua-pki'));
  const stranger = readCertificate(
    readFileSync(path.join(import.meta.dirname, '../../fixtures/certificates/first.pem')),
  );
  const routes: Route[] = [];
  /** Everything that any of them answered. */
  let said = '';

  /** Registers the built node with as much of Node-RED as it asks for. */
  before(() => {
    const take =
      (method: string) =>
      (url: string, guard: unknown, handle: Route['handle']): void =>
        void routes.push({ method, url, guard, handle });
    const register: unknown = require(built);
    if (!isRegister(register)) throw new TypeError('build first');
    register({
      settings: { userDir },
      nodes: {
        registerType: () => {},
        getCredentials: (id: string) => (id === 'stored' ? { user: 'operator', password: 'secret' } : undefined),
      },
      auth: { needsPermission: (permission: string) => `needs ${permission}` },
      httpAdmin: { get: take('GET'), post: take('POST'), delete: take('DELETE') },
    });
  });
  after(() => {
    rmSync(userDir, { recursive: true, force: true });
    equal(/PRIVATE KEY|secret/.test(said), false, 'no key and no password was ever answered');
  });

  const ask = (method: string, url: string, request: object = {}): Promise<unknown> => {
    const route = routes.find((known) => known.method === method && known.url === url);
    return new Promise((resolve, reject) => {
      if (route === undefined) reject(new Error(`no route ${method} ${url}`));
      const answer = (body: unknown): void => {
        said += JSON.stringify(body);
        resolve(body);
      };
      route?.handle({ params: {}, ...request }, { json: answer, sendStatus: answer });
    });
  };
  const certificates = async (method = 'GET', url = '', request: object = {}): Promise<Certificates> =>
    parseCertificates(await ask(method, `/opcua-connection/certificates${url}`, request));

  it('all ask for a right: to see flows, or to change them', () => {
    deepEqual(
      routes.map(({ method, url, guard }) => [method, url, guard]),
      [
        ['POST', '/opcua-connection/probe', 'needs flows.write'],
        ['DELETE', '/opcua-connection/probe/:dialog', 'needs flows.write'],
        ['GET', '/opcua-connection/certificates', 'needs flows.read'],
        ['POST', '/opcua-connection/certificates/own', 'needs flows.write'],
        ['POST', '/opcua-connection/certificates/:thumbprint/trust', 'needs flows.write'],
        ['POST', '/opcua-connection/certificates/:thumbprint/reject', 'needs flows.write'],
        ['POST', '/opcua-connection/certificates/:thumbprint/remove', 'needs flows.write'],
      ],
    );
  });

  it('make and renew the certificate in the user directory, and give it without its key', async () => {
    deepEqual(await certificates(), { trusted: [], rejected: [] });
    equal(existsSync(path.join(userDir, 'opcua-pki')), false, 'nothing is made before it is needed');
    const { own: made } = await certificates('POST', '/own');
    match(made?.uri ?? '', /^urn:.*bulkhead$/);
    ok((made?.validUntil ?? 0) > Date.now() + 5 * 365 * 86_400_000);
    equal(pki.own.read()?.info.thumbprint, made?.thumbprint);
    equal(statSync(path.join(userDir, 'opcua-pki/application/application.pem')).mode & 0o077, 0);
    const { own: renewed } = await certificates('POST', '/own');
    ok(renewed?.thumbprint !== made?.thumbprint);
    equal((await certificates()).own?.thumbprint, renewed?.thumbprint);
  });

  it('trust, reject and remove what a connection refused', async () => {
    pki.servers.refuse(stranger?.certificate.raw ?? Buffer.alloc(0));
    const thumbprint = stranger?.info.thumbprint ?? '';
    const decide = (what: string): Promise<Certificates> =>
      certificates('POST', `/:thumbprint/${what}`, { params: { thumbprint } });
    const names = ({ trusted, rejected }: Certificates): string[][] =>
      [trusted, rejected].map((list) => list.map(({ subject }) => subject));
    deepEqual(names(await certificates()), [[], ['CN=first, O=Acme']]);
    deepEqual(names(await decide('trust')), [['CN=first, O=Acme'], []]);
    deepEqual(names(await decide('reject')), [[], ['CN=first, O=Acme']]);
    deepEqual(names(await decide('remove')), [[], []]);
    for (const wrong of [thumbprint, '../application/application', '']) {
      const request = { params: { thumbprint: wrong } };
      equal(await ask('POST', '/opcua-connection/certificates/:thumbprint/trust', request), 404);
    }
  });

  it('answer what a browser may send by mistake or on purpose with a reason, and no process', async () => {
    const connection = { endpoint: 'x' };
    for (const body of [
      undefined,
      null,
      7,
      {},
      { kind: 'test' },
      { kind: 'test', connection },
      { kind: 'x', connection, dialog: 'd' },
    ]) {
      deepEqual(await ask('POST', '/opcua-connection/probe', { body }), {
        ok: false,
        reason: 'the question cannot be read',
      });
    }
  });

  it('take variables of the environment, and the stored secrets of a node', async () => {
    process.env['OPCUA_TEST_ENDPOINT'] = `opc.tcp://127.0.0.1:${await freePort()}`;
    const connection = { endpoint: ['$', '{OPCUA_TEST_ENDPOINT}'].join(''), authentication: 'user', timeoutMs: '2000' };
    const question = { kind: 'test', connection, dialog: 'd' };
    const reasonOf = (answer: unknown): string => JSON.stringify(isRecord(answer) ? answer['result'] : answer);
    const unknown = await ask('POST', '/opcua-connection/probe', { body: question });
    match(reasonOf(unknown), /the user name is missing/);
    const known = await ask('POST', '/opcua-connection/probe', { body: { ...question, stored: { node: 'stored' } } });
    delete process.env['OPCUA_TEST_ENDPOINT'];
    match(reasonOf(known), /no server answers there \(ECONNREFUSED\)/);
    equal(await ask('DELETE', '/opcua-connection/probe/:dialog', { params: { dialog: 'd' } }), 204);
  });
});
