import { equal } from 'node:assert/strict';
import type { OpcuaLink } from '../../../nodes/opcua/src/io/opcua-link.ts';
import { type Asyncua, startAsyncua } from '../../support/asyncua.ts';
import { opcuaLink } from '../../support/opcua-connecting.ts';
import { type TestPki, testPki } from '../../support/opcua-pki.ts';
import { type Subscribed, subscribeTo } from '../../support/opcua-subscribing.ts';
import { until } from '../../support/until.ts';

const uri = 'urn:acme:filler';
const byUri = `nsu=${uri};s=Line.Speed`;
const quick = {
  timeoutMs: 800,
  keepAliveMs: 400,
  sessionTimeoutMs: 2_000,
  reconnectFirstMs: 50,
  reconnectMaxMs: 300,
};

describe('an OPC UA connection to redundant servers', function () {
  this.timeout(60_000);
  let certificates: TestPki;
  let servers: Asyncua[];
  let link: OpcuaLink;
  let reader: Subscribed;

  const hasValue = (value: number): Promise<boolean> =>
    until(() => reader.last(byUri)?.quality === 'good' && reader.last(byUri)?.value === value, {
      deadlineMs: 12_000,
      what: `the value of the server with ${value}`,
    });
  const endpoint = (at: number): string => servers[at]?.endpoint ?? '';

  before(async () => {
    certificates = testPki();
    const serve = (value: number): Promise<Asyncua> =>
      startAsyncua({ namespaces: [uri], variables: [[uri, 'Line', 'Speed', value]] });
    servers = await Promise.all([serve(1.5), serve(2.5)]);
    const connection = { endpoint: endpoint(0), otherEndpoints: endpoint(1), ...quick };
    link = opcuaLink(certificates.pki, connection);
    reader = subscribeTo(link, [byUri]);
    link.start();
  });
  after(async () => {
    await reader?.stop();
    await link?.stop();
    for (const server of servers ?? []) await server.close();
    certificates.remove();
  });

  it('uses the first one that answers, and leaves it when its service level falls', async () => {
    await hasValue(1.5);
    equal(link.endpoint, endpoint(0));
    servers[0]?.claimServiceLevel(100);
    await hasValue(2.5);
    equal(link.endpoint, endpoint(1));
  });

  it('goes over to the other one when it is gone', async () => {
    await servers[1]?.close();
    await hasValue(1.5);
    equal(link.endpoint, endpoint(0));
    equal(reader.qualities(byUri).at(-1), 'good');
  });
});
