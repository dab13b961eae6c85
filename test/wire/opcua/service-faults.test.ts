import { deepEqual, equal, ok } from 'node:assert/strict';
import { systemClock } from '@bulkhead/core';
import { createTraffic, createWriter, type Writer } from '@bulkhead/node-kit';
import type { AddressSpace } from 'node-opcua';
import { createCaller } from '../../../nodes/opcua/src/opcua-call/caller.ts';
import { readOpcuaEvents } from '../../../nodes/opcua/src/opcua-events/config.ts';
import { createWatcher, type Watcher } from '../../../nodes/opcua/src/opcua-events/watcher.ts';
import { readOpcuaWrite } from '../../../nodes/opcua/src/opcua-write/config.ts';
import { opcuaWritePort } from '../../../nodes/opcua/src/opcua-write/port.ts';
import { createFaultProxy, type FaultProxy } from '../../support/fault-proxy.ts';
import { freePort } from '../../support/free-port.ts';
import { type Reader, row, startReader, topic } from '../../support/opcua-reading.ts';
import { addServices, historyStart } from '../../support/opcua-services.ts';
import { createTypedPlant, type TypedPlant } from '../../support/opcua-typed-plant.ts';
import { until } from '../../support/until.ts';

/** Both of a session and of a subscription. */
const lifetimeMs = 2_000;
const connection = { timeoutMs: 800, keepAliveMs: 400, sessionTimeoutMs: lifetimeMs, reconnectMaxMs: 200 };
const ref = { objectId: 'ns=1;s=Tank', methodId: 'ns=1;s=Tank.Double' };

describe('OPC UA polling, writing, calling, events and history through the faults of a network', function () {
  this.timeout(60_000);
  let plant: TypedPlant;
  let port: number;
  let proxy: FaultProxy;
  let reader: Reader;
  let writer: Writer<unknown>;
  let watcher: Watcher;
  let alarms: number;

  const serve = async (more?: (addressSpace: AddressSpace) => void): Promise<TypedPlant> =>
    createTypedPlant({ port, ...(more === undefined ? {} : { more }) });

  const start = (): void => {
    reader = startReader(proxy.port, [row('small')], { mode: 'poll' }, connection);
    const { link, services } = reader;
    const write = readOpcuaWrite({ tags: [row('label')], deadlineMs: 2_000 });
    if (!write.ok) throw new Error(write.problem);
    writer = createWriter({
      ...write.config,
      port: opcuaWritePort({ ...write.config, link, services, now: systemClock.now }),
    });
    const events = readOpcuaEvents({ publishingMs: 50 });
    if (!events.ok) throw new Error(events.problem);
    alarms = 0;
    watcher = createWatcher({
      config: events.config,
      link,
      clock: systemClock,
      traffic: createTraffic(systemClock),
      emit: ({ alarm }) => {
        if (alarm?.isActive === true) alarms += 1;
      },
      onChange: () => undefined,
      report: (problem) => reader.reports.push(problem),
    });
    watcher.start();
  };

  const written = async (value: string): Promise<boolean> => {
    const [result] = await writer.write([{ topic: topic('label'), value, quality: 'good' }], systemClock.now());
    return result?.ok === true;
  };
  const called = async (): Promise<boolean> => {
    const { services } = reader;
    return (await createCaller({ ref, defaults: {}, services })([21])).outputs?.['Doubled'] === 42;
  };
  const remembered = async (): Promise<boolean> => {
    const details = { kind: 'raw', from: historyStart, to: historyStart + 60_000, perRequest: 100 } as const;
    const [page] = await reader.services.readHistory([{ nodeId: 'ns=1;s=kept' }], details);
    return page?.ok === true && page.values.length === 10;
  };
  /** Each of them, from now on. */
  const works = async (): Promise<void> => {
    const from = reader.batches.length;
    const within = { deadlineMs: 15_000, everyMs: 50 };
    const polled = (): boolean =>
      reader.batches
        .slice(from)
        .flat()
        .some(({ quality }) => quality === 'good');
    await until(polled, { ...within, what: 'a polled value' });
    await until(() => written(`at ${Date.now()}`), { ...within, what: 'a write' });
    await until(called, { ...within, what: 'a call' });
    await until(remembered, { ...within, what: 'a history' });
    const before = alarms;
    await until(() => watcher.refresh().then(() => true), { ...within, what: 'a refresh' });
    await until(() => alarms > before, { ...within, what: 'the state of the alarm' });
  };
  /** Each gives up in a bounded time, and says so; none is a success. */
  const fails = async (): Promise<void> => {
    const failing = [written('lost'), called(), remembered()].map((each) => each.catch(() => false));
    deepEqual(await Promise.all(failing), [false, false, false]);
  };
  const isStale = () => until(() => reader.last('small')?.quality === 'stale', { deadlineMs: 10_000, what: 'stale' });

  before(async () => {
    port = await freePort();
    plant = await serve(addServices);
  });
  after(() => plant.close());
  beforeEach(async () => {
    proxy = await createFaultProxy(port);
  });
  afterEach(async () => {
    await watcher.stop();
    await reader.stop();
    await proxy.close();
  });

  it('begin with a server that was absent at the start', async () => {
    await proxy.refuse();
    start();
    await until(() => reader.states.filter((state) => state === 'waiting').length >= 2, {
      deadlineMs: 10_000,
      what: 'retries',
    });
    await fails();
    equal(reader.batches.length, 0);
    await proxy.resume();
    await works();
  });

  it('go on after a cut, and after garbage', async () => {
    start();
    await works();
    proxy.cut();
    await isStale();
    await works();
    proxy.garbage(Buffer.from('MSGFgarbage garbage garbage'));
    await works();
  });

  it('give up in time when a cable is pulled, and go on when it is back', async () => {
    start();
    await works();
    proxy.stall();
    await fails();
    await isStale();
    await proxy.resume();
    await works();
  });

  it('go on after an outage that was longer than session and subscription live', async () => {
    start();
    await works();
    await proxy.refuse();
    const from = Date.now();
    await isStale();
    await until(() => Date.now() > from + lifetimeMs + 500, { deadlineMs: 5_000, what: 'the end of the session' });
    await proxy.resume();
    await works();
    equal(reader.of('small').filter(({ quality }) => quality === 'stale').length, 1);
  });

  it('wait for no server that sends one byte a second', async () => {
    start();
    await works();
    proxy.drip(1_000);
    await fails();
    proxy.drip(0);
    proxy.cut();
    await works();
  });

  it('say what a server no longer has that was restarted with other nodes, and find it again', async () => {
    start();
    await works();
    await plant.close();
    plant = await serve();
    await until(() => reader.link.state.kind === 'connected' && reader.states.at(-1) === 'connected', {
      deadlineMs: 15_000,
      what: 'the other server',
    });
    await until(() => written('there still'), { deadlineMs: 15_000, what: 'a write to what is there still' });
    ok(!(await called()));
    ok(!(await remembered()));
    await plant.close();
    plant = await serve(addServices);
    await works();
  });
});
