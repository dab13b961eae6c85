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

/** Over a proxy of its own. */
interface Case {
  proxy: FaultProxy;
  /** Starts to connect and to read. */
  start(): void;
  states: readonly LinkState[];
  link(): OpcuaLink;
  reader(): Subscribed;
  is(kind: LinkState['kind'], from?: number): Promise<LinkState>;
  areGood(): Promise<boolean>;
}

const speed = 120.5;

/** At the same time, each before the same server. */
const faults: Record<string, (fault: Case) => Promise<void>> = {
  async 'waits for a server that is absent at the start, and says so'({ proxy, start, is, areGood }) {
    await proxy.refuse();
    start();
    const waiting = await is('waiting');
    match(waiting.kind === 'waiting' ? waiting.reason.message : '', /no server answers there \(ECONNREFUSED\)/);
    await proxy.resume();
    await areGood();
  },
  async 'comes back from a cut'({ proxy, start, states, is, areGood, reader }) {
    start();
    await areGood();
    const from = states.length;
    proxy.cut();
    await is('waiting', from);
    await is('connected', from);
    await areGood();
    deepEqual(reader().qualities(byUri), ['good', 'stale', 'good']);
  },
  async 'notices a pulled cable, and comes back from an outage that outlived session and subscription'(fault) {
    const { proxy, start, states, is, areGood, reader, link } = fault;
    start();
    await areGood();
    const from = states.length;
    proxy.stall();
    const stalledAt = Date.now();
    await is('waiting', from);
    ok(Date.now() - stalledAt < 2 * (quick.timeoutMs + quick.keepAliveMs), 'noticed in time');
    await until(() => Date.now() - stalledAt > 2 * lifetimeMs, { deadlineMs: 10_000, what: 'the end of the lifetime' });
    equal(link().state.kind === 'connected', false);
    await proxy.resume();
    proxy.cut();
    await is('connected', from);
    await areGood();
    deepEqual(reader().qualities(byPath), ['good', 'stale', 'good']);
  },
  async 'lives through garbage'({ proxy, start, states, is, areGood }) {
    start();
    await areGood();
    const from = states.length;
    proxy.garbage(Buffer.from('HTTP/1.1 200 OK\r\n\r\nthis is no OPC UA at all, and it is long enough'));
    await is('waiting', from);
    await is('connected', from);
  },
  async 'gives up a server that answers one byte a second, and takes it back when it is quicker'(fault) {
    const { proxy, start, states, is, areGood } = fault;
    start();
    await areGood();
    const from = states.length;
    proxy.drip(1_000);
    await is('waiting', from);
    await is('waiting', states.length);
    equal(
      states.slice(from).some(({ kind }) => kind === 'connected'),
      false,
    );
    proxy.drip(0);
    await proxy.resume();
    await is('connected', states.length);
  },
};

describe('an OPC UA connection through the faults of a network', function () {
  this.timeout(60_000);
  let certificates: TestPki;
  let server: Asyncua;
  const outcomes = new Map<string, Promise<unknown>>();

  /** A line of this server is at one index, then at another; what stands at the old one then is another value. */
  const serve = async (namespaces: string[], port: number): Promise<Asyncua> =>
    startAsyncua({
      port,
      namespaces,
      variables: [
        [uri, 'Line', 'Speed', speed],
        [other, 'Other', 'Speed', -1.5],
      ],
    });

  const over = async (act: (fault: Case) => Promise<void>): Promise<void> => {
    const proxy = await createFaultProxy(server.port);
    const states: LinkState[] = [];
    const aliases = [{ alias: 'filler', uri }];
    const link = opcuaLink(certificates.pki, { endpoint: `opc.tcp://127.0.0.1:${proxy.port}`, aliases, ...quick });
    let reader: Subscribed | undefined;
    const reading = (): Subscribed => {
      if (reader === undefined) throw new Error('nothing was started');
      return reader;
    };
    const isGood = (address: string): boolean => {
      const sample = reading().last(address);
      return sample?.quality === 'good' && sample.value === speed;
    };
    try {
      await act({
        proxy,
        states,
        start() {
          link.watch((state) => states.push(state));
          reader = subscribeTo(link, addresses);
          link.start();
        },
        link: () => link,
        reader: reading,
        is: (kind, from = 0) =>
          until(() => states.slice(from).find((state) => state.kind === kind), {
            deadlineMs: 15_000,
            what: `state ${kind}`,
          }),
        areGood: () =>
          until(() => addresses.every(isGood), { deadlineMs: 15_000, what: `the value ${speed} of all tags` }),
      });
    } finally {
      await reader?.stop();
      await link.stop();
      await proxy.close();
    }
  };

  before(async () => {
    certificates = testPki();
    server = await serve([uri, other], await freePort());
    for (const [fault, act] of Object.entries(faults)) {
      const outcome = over(act).then(
        () => undefined,
        (problem: unknown) => problem,
      );
      outcomes.set(fault, outcome);
    }
  });
  after(async () => {
    await Promise.all(outcomes.values());
    await server?.close();
    certificates.remove();
  });

  for (const fault of Object.keys(faults)) {
    it(fault, async () => {
      const problem = await outcomes.get(fault);
      if (problem !== undefined) throw problem;
    });
  }

  it('reads the same values from a server that was restarted with its namespaces in another order', () =>
    over(async ({ start, states, is, areGood, link }) => {
      const indexOf = (): Promise<number> => link().request((live) => Promise.resolve(live.namespaces.indexOf(uri)));
      start();
      await areGood();
      const before = await indexOf();
      const from = states.length;
      await server.close();
      server = await serve([other, uri], server.port);
      await is('connected', from);
      await areGood();
      deepEqual([before, await indexOf()], [2, 3]);
    }));
});
