import { equal, ok } from 'node:assert/strict';
import type { AddressSpace } from 'node-opcua';
import { startAsyncua } from '../../support/asyncua.ts';
import { createFaultProxy, type FaultProxy } from '../../support/fault-proxy.ts';
import { freePort } from '../../support/free-port.ts';
import { type ServiceUser, startServiceUser } from '../../support/opcua-service-user.ts';
import { addServices, historyStart } from '../../support/opcua-services.ts';
import { createTypedPlant } from '../../support/opcua-typed-plant.ts';
import { until } from '../../support/until.ts';

const uri = 'urn:acme:tank';
const other = 'urn:acme:other';
/** Both of a session and of a subscription. */
const lifetimeMs = 2_000;
const connection = { timeoutMs: 800, keepAliveMs: 400, sessionTimeoutMs: lifetimeMs, reconnectMaxMs: 200 };

/** A server with the services, in one of its namespaces, or without them. */
interface Counterpart {
  name: string;
  hasConditions: boolean;
  serve(port: number, namespaces: string[], hasServices: boolean): Promise<{ raise(): void; close(): Promise<void> }>;
}

const counterparts: Counterpart[] = [
  {
    name: 'node-opcua',
    hasConditions: true,
    async serve(port, namespaces, hasServices) {
      let raise = (): void => undefined;
      const more = (addressSpace: AddressSpace): void => {
        const all = namespaces.map((each) => [each, addressSpace.registerNamespace(each)] as const);
        const own = all.find(([each]) => each === uri)?.[1];
        if (hasServices && own !== undefined) ({ raise } = addServices(addressSpace, own));
      };
      const { close } = await createTypedPlant({ port, more });
      return { raise: () => raise(), close };
    },
  },
  {
    name: 'asyncua',
    hasConditions: false,
    serve: (port, namespaces, hasServices) =>
      startAsyncua({ port, namespaces, ...(hasServices ? { services: uri, historyStart } : {}) }),
  },
];

interface Case {
  proxy: FaultProxy;
  start(): ServiceUser;
}

/** Each over a connection of its own, at the same time as the others. */
const faults: Record<string, (fault: Case) => Promise<void>> = {
  async 'begin with a server that was absent at the start'({ proxy, start }) {
    await proxy.refuse();
    const user = start();
    const { reader } = user;
    await until(() => reader.states.filter((state) => state === 'waiting').length >= 2, {
      deadlineMs: 10_000,
      what: 'retries',
    });
    await user.fails();
    equal(reader.batches.length, 0);
    await proxy.resume();
    await user.works();
  },
  async 'go on after a cut'({ proxy, start }) {
    const user = start();
    await user.works();
    proxy.cut();
    await user.isStale();
    await user.works();
  },
  async 'go on after garbage'({ proxy, start }) {
    const user = start();
    await user.works();
    proxy.garbage(Buffer.from('MSGFgarbage garbage garbage'));
    await user.isStale();
    await user.works();
  },
  async 'give up in time when a cable is pulled, and go on when it is back'({ proxy, start }) {
    const user = start();
    await user.works();
    proxy.stall();
    await user.fails();
    await user.isStale();
    await proxy.resume();
    await user.works();
  },
  async 'go on after an outage that was longer than session and subscription live'({ proxy, start }) {
    const user = start();
    await user.works();
    await proxy.refuse();
    const from = Date.now();
    await user.isStale();
    await until(() => Date.now() > from + lifetimeMs + 500, { deadlineMs: 5_000, what: 'the end of the session' });
    await proxy.resume();
    await user.works();
    equal(user.reader.of('Temperature').filter(({ quality }) => quality === 'stale').length, 1);
  },
  async 'wait for no server that sends one byte a second'({ proxy, start }) {
    const user = start();
    await user.works();
    proxy.drip(1_000);
    await user.fails();
    proxy.drip(0);
    proxy.cut();
    await user.works();
  },
};

for (const { name, hasConditions, serve } of counterparts) {
  describe(`OPC UA subscribing, polling, writing, calling, events and history through the faults of a network (${name})`, function () {
    this.timeout(60_000);
    let port: number;
    let server: Awaited<ReturnType<Counterpart['serve']>>;
    const outcomes = new Map<string, Promise<unknown>>();

    const over = async (act: (fault: Case) => Promise<void>): Promise<void> => {
      const proxy = await createFaultProxy(port);
      const raise = (): void => server.raise();
      let user: ServiceUser | undefined;
      const start = (): ServiceUser => {
        user = startServiceUser({ port: proxy.port, connection, uri, raise, hasConditions });
        return user;
      };
      try {
        await act({ proxy, start });
      } finally {
        await user?.stop();
        await proxy.close();
      }
    };

    before(async () => {
      port = await freePort();
      server = await serve(port, [uri, other], true);
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
    });

    for (const fault of Object.keys(faults)) {
      it(fault, async () => {
        const problem = await outcomes.get(fault);
        if (problem !== undefined) throw problem;
      });
    }

    it('find everything again at a server that numbers its namespaces anew, and say what one no longer has', () =>
      over(async ({ start }) => {
        const user = start();
        const { reader } = user;
        const indexOf = (): Promise<number> =>
          reader.link.request((live) => Promise.resolve(live.namespaces.indexOf(uri)));
        await user.works();
        const before = await indexOf();
        await server.close();
        server = await serve(port, [other, uri], true);
        await user.works();
        equal(await indexOf(), before + 1);
        await server.close();
        server = await serve(port, [other, uri], false);
        await until(() => indexOf().then((index) => index === before + 1 && reader.link.state.kind === 'connected'), {
          deadlineMs: 15_000,
          what: 'the server without services',
        });
        await until(() => reader.last('Temperature')?.quality === 'bad' && user.subscribed()?.quality === 'bad', {
          deadlineMs: 10_000,
          what: 'bad tags',
        });
        ok(!(await user.written('nowhere')));
        ok(!(await user.called()));
        ok(!(await user.remembered()));
      }));
  });
}
