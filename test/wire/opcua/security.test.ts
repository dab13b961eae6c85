import { deepEqual, equal, match } from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { securityModes, securityPolicies } from '../../../nodes/opcua/src/opcua-connection/defaults.ts';
import type { LinkState } from '../../../nodes/opcua/src/opcua-connection/link.ts';
import { pkiIn } from '../../../nodes/opcua/src/pki/pki.ts';
import { type Asyncua, startAsyncua } from '../../support/asyncua.ts';
import { firstAttempt, opcuaLink } from '../../support/opcua-connecting.ts';
import { type TestCertificate, type TestPki, testPki } from '../../support/opcua-pki.ts';
import { createOpcuaPlant, type OpcuaPlant } from '../../support/opcua-plant.ts';
import { until } from '../../support/until.ts';

const user = { name: 'operator', password: 'right' };
const combinations = securityPolicies
  .filter((policy) => policy !== 'None')
  .flatMap((securityPolicy) =>
    securityModes.filter((mode) => mode !== 'None').map((securityMode) => ({ securityMode, securityPolicy })),
  );
const encrypted = { securityMode: 'SignAndEncrypt', securityPolicy: 'Basic256Sha256' };

function reasonOf(state: LinkState): string {
  return state.kind === 'waiting' ? state.reason.message : state.kind;
}

/** As somebody does who compared the thumbprint. */
function trustWhatWasRefused({ pki }: TestPki): void {
  for (const { thumbprint } of pki.servers.rejected()) pki.servers.trust(thumbprint);
}

for (const server of ['node-opcua', 'asyncua'] as const) {
  describe(`OPC UA security with a server of ${server}`, function () {
    this.timeout(60_000);
    let certificates: TestPki;
    let operator: TestCertificate;
    let plant: OpcuaPlant | undefined;
    let python: Asyncua | undefined;
    let endpoint: string;

    before(async () => {
      certificates = testPki();
      operator = await certificates.issue('operator');
      const userCertificate = new X509Certificate(operator.certificate).raw;
      if (server === 'node-opcua') {
        plant = await createOpcuaPlant({ variables: {}, user, userCertificate });
        endpoint = plant.endpoint;
        return;
      }
      const { certificateFile, keyFile } = await certificates.issue('server', {
        applicationUri: 'urn:bulkhead:asyncua',
      });
      python = await startAsyncua({
        certificate: certificateFile,
        key: keyFile,
        user: [user.name, user.password],
        userCertificate: userCertificate.toString('base64'),
      });
      endpoint = python.endpoint;
    });

    after(async () => {
      await plant?.close();
      await python?.close();
      certificates.remove();
    });

    const login = { authentication: 'user' };
    const secrets = { user: user.name, password: user.password };

    it('refuses a server that nobody trusts, lists it, and connects once a person trusts it', async () => {
      const refused = await firstAttempt(certificates.pki, { endpoint, ...encrypted, ...login }, secrets);
      match(reasonOf(refused), /^the certificate of the server \(.*thumbprint [0-9A-F]{40}\) is not trusted/);
      const [listed, ...more] = certificates.pki.servers.rejected();
      deepEqual(more, []);
      match(reasonOf(refused), new RegExp(listed?.thumbprint ?? 'none'));
      const link = opcuaLink(certificates.pki, { endpoint, ...encrypted, ...login }, secrets);
      link.start();
      try {
        await until(() => link.state.kind === 'waiting', { deadlineMs: 20_000, what: 'another refusal' });
        trustWhatWasRefused(certificates);
        await until(() => link.state.kind === 'connected', { deadlineMs: 20_000, what: 'the connection' });
      } finally {
        await link.stop();
      }
      deepEqual(certificates.pki.servers.rejected(), []);
    });

    for (const combination of combinations) {
      it(`connects with ${combination.securityPolicy} and ${combination.securityMode}`, async () => {
        trustWhatWasRefused(certificates);
        const state = await firstAttempt(certificates.pki, { endpoint, ...combination, ...login }, secrets);
        equal(reasonOf(state), 'connected');
      });
    }

    it('logs in with user and password also without encryption', async () => {
      equal(reasonOf(await firstAttempt(certificates.pki, { endpoint, ...login }, secrets)), 'connected');
    });

    it('says so when the password is wrong', async () => {
      const state = await firstAttempt(certificates.pki, { endpoint, ...login }, { ...secrets, password: 'wrong' });
      match(reasonOf(state), /the server refuses this user: wrong name or password/);
    });

    it('logs in with the certificate of a user, as text and as files', async () => {
      const asText = await firstAttempt(
        certificates.pki,
        { endpoint, ...encrypted, authentication: 'certificate' },
        { userCertificate: operator.certificate, userKey: operator.key },
      );
      equal(reasonOf(asText), 'connected');
      const asFiles = await firstAttempt(certificates.pki, {
        endpoint,
        ...encrypted,
        authentication: 'certificate',
        userCertificateFrom: 'file',
        userCertificateFile: operator.certificateFile,
        userKeyFile: operator.keyFile,
      });
      equal(reasonOf(asFiles), 'connected');
    });

    it('says so when the server does not know the certificate of a user', async () => {
      const stranger = await certificates.issue('stranger');
      const state = await firstAttempt(
        certificates.pki,
        { endpoint, ...encrypted, authentication: 'certificate' },
        { userCertificate: stranger.certificate, userKey: stranger.key },
      );
      match(reasonOf(state), /the server refuses this user/);
    });

    it('says what is wrong with the certificate of a user, without its key', async () => {
      const stranger = await certificates.issue('other');
      const state = await firstAttempt(
        certificates.pki,
        { endpoint, authentication: 'certificate' },
        { userCertificate: operator.certificate, userKey: stranger.key },
      );
      equal(
        reasonOf(state),
        "the user's certificate and private key cannot be used: the key does not belong to the certificate",
      );
    });
  });
}

describe('OPC UA certificates that are wrong', function () {
  this.timeout(60_000);
  let certificates: TestPki;

  before(() => {
    certificates = testPki();
  });
  after(() => certificates.remove());

  it('says that a trusted server certificate has expired, and takes it when a person says so', async () => {
    const expired = await certificates.issue('expired', { applicationUri: 'urn:bulkhead:asyncua', days: 0 });
    const server = await startAsyncua({ certificate: expired.certificateFile, key: expired.keyFile });
    try {
      await firstAttempt(certificates.pki, { endpoint: server.endpoint, ...encrypted });
      trustWhatWasRefused(certificates);
      const refused = await firstAttempt(certificates.pki, { endpoint: server.endpoint, ...encrypted });
      match(reasonOf(refused), /CN=expired.* is not valid: it expired on \d{4}-\d\d-\d\d; renew it at the server/);
      const accepted = { endpoint: server.endpoint, ...encrypted, acceptExpired: true };
      equal(reasonOf(await firstAttempt(certificates.pki, accepted)), 'connected');
    } finally {
      await server.close();
    }
  });

  it('says that the server does not trust ours, and where to trust it', async () => {
    const server = await createOpcuaPlant({ variables: {}, trustsNoClient: true });
    try {
      await firstAttempt(certificates.pki, { endpoint: server.endpoint, ...encrypted });
      trustWhatWasRefused(certificates);
      match(
        reasonOf(await firstAttempt(certificates.pki, { endpoint: server.endpoint, ...encrypted })),
        /the server does not trust our certificate: trust it there/,
      );
    } finally {
      await server.close();
    }
  });
});

describe('OPC UA security that a server does not have', function () {
  this.timeout(60_000);
  let certificates: TestPki;
  let server: Asyncua;

  before(async () => {
    certificates = testPki();
    server = await startAsyncua({});
  });
  after(async () => {
    await server?.close();
    certificates.remove();
  });

  it('says that there is no place for ours, and does without one where there is no security', async () => {
    const nowhere = pkiIn('/dev/null/opcua-pki');
    equal(reasonOf(await firstAttempt(nowhere, { endpoint: server.endpoint })), 'connected');
    match(
      reasonOf(await firstAttempt(nowhere, { endpoint: server.endpoint, ...encrypted })),
      /^our own certificate can neither be read nor made: /,
    );
  });

  it('says what the server does not offer', async () => {
    match(
      reasonOf(await firstAttempt(certificates.pki, { endpoint: server.endpoint, ...encrypted })),
      /the server offers no SignAndEncrypt with Basic256Sha256: use discover/,
    );
  });
});
