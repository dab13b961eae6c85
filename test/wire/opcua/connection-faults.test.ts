import { deepEqual, equal, match, ok } from 'node:assert/strict';
import type { OpcuaLink } from '../../../nodes/opcua/src/io/opcua-link.ts';
import type { LinkState } from '../../../nodes/opcua/src/opcua-connection/link.ts';
import { type Asyncua, startAsyncua } from '../../support/asyncua.ts';
import { createFaultProxy, type FaultProxy } from '../../support/fault-proxy.ts';
import { freePort } from '../../support/free-port.ts';
import { opcuaLink } from '../../support/opcua-connecting.ts';
import { type TestPki, testPki } from '../../support/opcua-pki.ts';
import { type Subscribed, subscribeTo } from '../../support/opcua-subscribing.ts';
import { until } from '../../support/until.ts';

const uri = 'urn:acme:filler';
const other = 'urn:acme:other';
const byUri = `nsu=${uri};s=Line.Speed`;
const byAlias = 'nsu=filler;s=Line.Speed';
const byPath = '/Objects/filler:Line/filler:Speed';
const addresses = [byUri, byAlias, byPath];
/** Both of a session and of a subscription. */
const lifetimeMs = 2_000;
const quick = {
  timeoutMs: 800,
  keepAliveMs: 400,
  sessionTimeoutMs: lifetimeMs,
  reconnectFirstMs: 50,
  reconnectMaxMs: 300,
};

describe('an OPC UA connection through the faults of a network', function () {
  this.timeout(60_000);
  let certificates: TestPki;
  let server: Asyncua;
  let proxy: FaultProxy;
  let link: OpcuaLink;
  let reader: Subscribed;
  let states: LinkState[];

  /** A line of this server is at one index, then at another; what stands at the old one then is another value. */
  const serve = async (namespaces: string[], port: number): Promise<Asyncua> =>
    startAsyncua({
      port,
      namespaces,
      variables: [
        [uri, 'Line', 'Speed', 120.5],
        [other, 'Other', 'Speed', -1.5],
      ],
    });
  const is = (kind: LinkState['kind'], from = 0): Promise<LinkState> =>
    until(() => states.slice(from).find((state) => state.kind === kind), { deadlineMs: 12_000, what: `state ${kind}` });
  const isGood = (value: number): Promise<boolean> =>
    until(
      () =>
        addresses.every((address) => {
          const sample = reader.last(address);
          return sample?.quality === 'good' && sample.value === value;
        }),
      { deadlineMs: 12_000, what: `the value ${value} of all tags` },
    );
  const start = (): void => {
    const aliases = [{ alias: 'filler', uri }];
    link = opcuaLink(certificates.pki, { endpoint: `opc.tcp://127.0.0.1:${proxy.port}`, aliases, ...quick });
    link.watch((state) => states.push(state));
    reader = subscribeTo(link, addresses);
    link.start();
  };

  before(async () => {
    certificates = testPki();
    server = await serve([uri, other], await freePort());
  });
  after(async () => {
    await server?.close();
    certificates.remove();
  });
  beforeEach(async () => {
    states = [];
    proxy = await createFaultProxy(server.port);
  });
  afterEach(async () => {
    await reader?.stop();
    await link?.stop();
    await proxy.close();
  });

  it('waits for a server that is absent at the start, and says so', async () => {
    await proxy.refuse();
    start();
    const waiting = await is('waiting');
    match(waiting.kind === 'waiting' ? waiting.reason.message : '', /no server answers there \(ECONNREFUSED\)/);
    await proxy.resume();
    await isGood(120.5);
  });

  it('comes back from a cut', async () => {
    start();
    await isGood(120.5);
    const from = states.length;
    proxy.cut();
    await is('waiting', from);
    await is('connected', from);
    await until(() => reader.last(byUri)?.quality === 'good', { deadlineMs: 10_000, what: 'a good value' });
    deepEqual(reader.qualities(byUri), ['good', 'stale', 'good']);
  });

  it('notices a pulled cable, and comes back from an outage that outlived session and subscription', async () => {
    start();
    await isGood(120.5);
    const from = states.length;
    proxy.stall();
    const stalledAt = Date.now();
    await is('waiting', from);
    ok(Date.now() - stalledAt < 2 * (quick.timeoutMs + quick.keepAliveMs), 'noticed in time');
    await until(() => Date.now() - stalledAt > 2 * lifetimeMs, { deadlineMs: 10_000, what: 'the end of the lifetime' });
    equal(link.state.kind === 'connected', false);
    await proxy.resume();
    proxy.cut();
    await is('connected', from);
    await until(() => addresses.every((address) => reader.last(address)?.quality === 'good'), {
      deadlineMs: 12_000,
      what: 'good values',
    });
    deepEqual(reader.qualities(byPath), ['good', 'stale', 'good']);
  });

  it('lives through garbage', async () => {
    start();
    await isGood(120.5);
    const from = states.length;
    proxy.garbage(Buffer.from('HTTP/1.1 200 OK\r\n\r\nthis is no OPC UA at all, and it is long enough'));
    await is('waiting', from);
    await is('connected', from);
  });

  it('gives up a server that answers one byte a second, and takes it back when it is quicker', async () => {
    start();
    await isGood(120.5);
    const from = states.length;
    proxy.drip(1_000);
    await is('waiting', from);
    const slowFrom = states.length;
    await until(() => states.slice(slowFrom).some(({ kind }) => kind === 'waiting'), {
      deadlineMs: 15_000,
      what: 'another failure',
    });
    equal(
      states.slice(from).some(({ kind }) => kind === 'connected'),
      false,
    );
    proxy.drip(0);
    await proxy.resume();
    await is('connected', states.length);
  });

  it('reads the same values from a server that was restarted with its namespaces in another order', async () => {
    start();
    await isGood(120.5);
    const before = await link.request((live) => Promise.resolve(live.namespaces.indexOf(uri)));
    const from = states.length;
    await server.close();
    server = await serve([other, uri], server.port);
    await is('connected', from);
    await until(() => addresses.every((address) => reader.last(address)?.quality === 'good'), {
      deadlineMs: 12_000,
      what: 'good values',
    });
    const after = await link.request((live) => Promise.resolve(live.namespaces.indexOf(uri)));
    deepEqual([before, after], [2, 3]);
    for (const address of addresses) equal(reader.last(address)?.value, 120.5, address);
  });
});

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
    deepEqual(reader.qualities(byUri).at(-1), 'good');
  });
});
